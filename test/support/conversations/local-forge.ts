import { apiSecret } from '../api-client.ts';
import type { TestServer } from '../server.ts';
import { waitFor } from '../wait-for.ts';
import type { Branches, Forge } from './forge.ts';

type PullBody = {
  readonly number: number;
  readonly state: string;
  readonly statuses: readonly { readonly context: string; readonly state: string; readonly description: string }[];
};
type CommentsBody = {
  readonly comments: readonly { readonly author: string; readonly body: string; readonly hidden: boolean }[];
};

/** The repositories on the server's own disk, over its API. */
export async function localForge({ reposDir }: Branches): Promise<Forge> {
  let url = '';
  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const repo = body === undefined ? `${path.includes('?') ? '&' : '?'}repo=acme/infra` : '';
    const reply = await fetch(`${url}/api/pulls${path}${repo}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'x-atlantis-token': apiSecret },
      ...(body === undefined ? {} : { body: JSON.stringify({ repo: 'acme/infra', ...body }) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${path} was answered ${reply.status} ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    flags: { 'local-repos-dir': reposDir, 'repo-allowlist': 'local/acme/*' },
    env: {},
    connect: (server: TestServer) => {
      url = server.url;
    },
    open: async (head, { draft = false, labels = [] }) =>
      (await ask<PullBody>('', { head, base: 'main', draft, labels })).number,
    // The server looks at the branches by itself, and tells what it found.
    pushed: async (number) => {
      const all = async () => (await ask<CommentsBody>(`/${number}/comments`)).comments.length;
      const before = await all();
      await waitFor('the push to be noticed', async () => (await all()) > before);
    },
    comment: async (number, body) => void (await ask(`/${number}/comments`, { body })),
    approve: async (number) => void (await ask(`/${number}/approve`, {})),
    ready: async (number) => void (await ask(`/${number}/ready`, {})),
    close: async (number) => void (await ask(`/${number}/close`, {})),
    merge: async (number) => void (await ask(`/${number}/merge`, {})),
    // It knows by itself.
    tellMerged: async () => undefined,
    comments: async (number) => {
      const { comments } = await ask<CommentsBody>(`/${number}/comments`);
      return comments.filter(({ author, hidden }) => author === 'polder' && !hidden).map(({ body }) => body);
    },
    statuses: async (number) => {
      const { statuses } = await ask<PullBody>(`/${number}`);
      return Object.fromEntries(statuses.map((one) => [one.context, `${one.state}: ${one.description}`]));
    },
    isMerged: async (number) => (await ask<PullBody>(`/${number}`)).state === 'merged',
  };
}
