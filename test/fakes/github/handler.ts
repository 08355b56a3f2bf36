import type { GithubDescription } from './description.ts';
import type { Render } from './render.ts';
import type { FakeState } from './state.ts';

export type FakeRequest = {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, string | undefined>>;
};
export type FakeReply = { readonly status: number; readonly body?: unknown };
export type Context = { readonly state: FakeState; readonly render: Render; readonly description: GithubDescription };
export type Handler = (context: Context, request: FakeRequest) => FakeReply;
