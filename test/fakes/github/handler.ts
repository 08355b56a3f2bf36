import type { RouteRequest } from '../described-api.ts';
import type { FakeReply } from '../host-server.ts';
import type { GithubDescription } from './description.ts';
import type { Render } from './render.ts';
import type { FakeState } from './state.ts';

export type Context = { readonly state: FakeState; readonly render: Render; readonly description: GithubDescription };
export type Handler = (context: Context, request: RouteRequest) => FakeReply;
