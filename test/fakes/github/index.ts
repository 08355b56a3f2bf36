export { type Delivery, type Failure, type FakeGithub, fakeGithub } from './fake-github.ts';
export type { FakeComment, FakePull, FakeRepo } from './state.ts';
