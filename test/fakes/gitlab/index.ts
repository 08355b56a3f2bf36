export { type Delivery, type Failure, type FakeGitlab, fakeGitlab } from './fake-gitlab.ts';
export type { FakeNote, FakeProject, FakeRequest } from './state.ts';
