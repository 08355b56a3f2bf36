export { type Delivery, type Failure, type FakeGithub, fakeGithub } from './fake-github.ts';
export { type FakeComment, type FakePull, type FakeRepo, newHook } from './state.ts';
