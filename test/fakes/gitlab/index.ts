export { type Delivery, type Failure, type FakeGitlab, fakeGitlab } from './fake-gitlab.ts';
export { type FakeNote, type FakeProject, type FakeRequest, newHook } from './state.ts';
