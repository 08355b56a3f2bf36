export { type Delivery, type Failure, type FakeGitea, fakeGitea } from './fake-gitea.ts';
export { type FakeComment, type FakePull, type FakeRepo, newHook } from './state.ts';
