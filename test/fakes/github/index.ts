export type { Delivery, Failure } from '../host-server.ts';
export { type FakeGithub, fakeGithub } from './fake-github.ts';
export { type FakeComment, type FakePull, type FakeRepo, newHook } from './state.ts';
