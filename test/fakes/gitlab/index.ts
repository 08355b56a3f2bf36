export type { Delivery, Failure } from '../host-server.ts';
export { type FakeGitlab, fakeGitlab } from './fake-gitlab.ts';
export { type FakeNote, type FakeProject, type FakeRequest, newHook } from './state.ts';
