export { type Delivery, type Failure, type FakeGitea, fakeGitea } from './fake-gitea.ts';
export type { FakeComment, FakePull, FakeRepo } from './state.ts';
