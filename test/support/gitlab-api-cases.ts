import type { InjectOptions } from 'fastify';
import { expect, it } from 'vitest';
import { describeDatabases } from './database.ts';
import { type Caller, gitlabApiWorld, type Reply, type World } from './gitlab-api-world.ts';

/** Maintainer, Developer, Reporter, Guest, nobody's member, Anonymous. */
type Letter = 'M' | 'D' | 'R' | 'G' | 'N' | 'A';

const callers: Readonly<Record<Letter, Caller>> = {
  M: 'maintainer',
  D: 'developer',
  R: 'reporter',
  G: 'guest',
  N: 'stranger',
  A: 'anonymous',
};

/** What is sent: `GET P/environments?name=x`, where `P/` is the repo's path; and what comes with it. */
type Sent = {
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body is sent as a form, JSON, or as it is (then `headers` say what it is). */
  readonly form?: string;
  readonly json?: unknown;
  readonly body?: string | Buffer;
};

type Answered = {
  readonly status: number;
  /** The whole body. */
  readonly json?: unknown;
  /** What the body holds besides other things. */
  readonly holds?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
};

/** One row of the table of cases. The repo is private, with production (id 1), review/fix-foo (2, stopped) and staging-eu (3). */
export type Case = {
  /** The number of the row; several cases may belong to one. */
  readonly row: number;
  readonly as: Letter;
  readonly expect: Answered | ((reply: Reply, world: World) => Answered | Promise<Answered>);
  /** What must be there besides. */
  readonly given?: (world: World) => Promise<unknown>;
  /** What holds afterwards. */
  readonly after?: (world: World, reply: Reply) => Promise<unknown>;
} & (Sent | { readonly request: (world: World) => Sent | Promise<Sent> });

/** Describes the cases, each with a world of its own, in both databases. */
export function describeCases(title: string, cases: readonly Case[]): void {
  describeDatabases(title, (open) => {
    it.each(cases.map((each) => [nameOf(each), each] as const))('%s', async (_name, each) => {
      const world = await gitlabApiWorld(await open(), { applied: false });
      expect(world.ids).toEqual([1, 2, 3]);
      await each.given?.(world);
      const sent = typeof each.request === 'function' ? await each.request(world) : (each as Sent);
      const reply = await sendAs(world, each.as, sent);
      const wanted = typeof each.expect === 'function' ? await each.expect(reply, world) : each.expect;
      check(reply, wanted);
      await each.after?.(world, reply);
    });
  });
}

/** Sends a request as one of the callers. */
export async function sendAs(world: World, as: Letter, sent: Sent): Promise<Reply> {
  const [method = 'GET', target = ''] = sent.request.split(/ (.*)/s);
  const url = target.replace(/^P(?=\/|$)/, world.path);
  const content = contentOf(sent);
  return world.request(callers[as], url, {
    method: method as NonNullable<InjectOptions['method']>,
    headers: { ...content.headers, ...sent.headers },
    ...(content.payload === undefined ? {} : { payload: content.payload }),
  });
}

function contentOf({ form, json, body }: Sent): { headers?: Record<string, string>; payload?: string | Buffer } {
  if (form !== undefined) return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: form };
  if (json !== undefined) return { headers: { 'content-type': 'application/json' }, payload: JSON.stringify(json) };
  return body === undefined ? {} : { payload: body };
}

function check(reply: Reply, wanted: Answered): void {
  const got = { status: reply.status, body: reply.json ?? reply.text };
  expect(got).toMatchObject({ status: wanted.status });
  if ('json' in wanted) expect(got.body).toEqual(wanted.json);
  if ('holds' in wanted) expect(got.body).toMatchObject(wanted.holds as object);
  if ('text' in wanted) expect(reply.text).toBe(wanted.text);
  if (wanted.headers) expect(reply.headers).toMatchObject(wanted.headers);
}

function nameOf({ row, as, request }: Case): string {
  return `${row}: ${as} ${typeof request === 'string' ? request : (/\b(?:GET|POST|PUT|DELETE|HEAD)[^'`]*/.exec(String(request))?.[0] ?? '')}`;
}
