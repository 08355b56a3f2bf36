export type { Delivery, Failure } from '../host-server.ts';
export { type FakeGitea, fakeGitea } from './fake-gitea.ts';
export { type FakeComment, type FakePull, type FakeRepo, newHook } from './state.ts';
