import { apiSecret } from '../api-client.ts';
import { waitFor } from '../wait-for.ts';
import type { Forge, ForgeRepo } from './forge.ts';

type PullBody = {
  readonly number: number;
  readonly state: string;
  readonly head: { readonly sha: string };
  readonly statuses: readonly { readonly context: string; readonly state: string; readonly description: string }[];
};
type ListBody = { readonly pulls: readonly Pick<PullBody, 'number' | 'head'>[] };
type CommentsBody = {
  readonly comments: readonly { readonly author: string; readonly body: string; readonly hidden: boolean }[];
};

/** The repositories on the server's own disk, over its API. */
export async function localForge(reposDir: string): Promise<Forge> {
  let url = '';
  return {
    flags: { 'local-repos-dir': reposDir, 'repo-allowlist': 'local/acme/*' },
    env: {},
    connect: (server) => {
      url = server.url;
    },
    addRepo: (fullName) => repoOf((path, body) => ask(url, { fullName, path, body })),
  };
}

type Ask = (path: string, body?: object) => Promise<unknown>;

async function ask(url: string, of: { fullName: string; path: string; body: object | undefined }): Promise<unknown> {
  const headers = { 'x-atlantis-token': apiSecret };
  const reply = await (of.body === undefined
    ? fetch(`${url}/api/pulls${of.path}?repo=${of.fullName}`, { headers })
    : fetch(`${url}/api/pulls${of.path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ repo: of.fullName, ...of.body }),
      }));
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${of.path} was answered ${reply.status} ${text}`);
  return JSON.parse(text);
}

function repoOf(ask: Ask): ForgeRepo {
  const pull = async (number: number) => (await ask(`/${number}`)) as PullBody;
  const talk = async (number: number) => ((await ask(`/${number}/comments`)) as CommentsBody).comments;
  return {
    open: async (head, { draft = false, labels = [] }) =>
      ((await ask('', { head, base: 'main', draft, labels })) as PullBody).number,
    // The server looks at the branches by itself; lists have what it has seen, and the pull request what is there now.
    pushed: async (number) => {
      const { head } = await pull(number);
      await waitFor('the push to be noticed', async () => {
        const { pulls } = (await ask('')) as ListBody;
        return pulls.some((one) => one.number === number && one.head.sha === head.sha);
      });
    },
    comment: async (number, body) => void (await ask(`/${number}/comments`, { body })),
    approve: async (number) => void (await ask(`/${number}/approve`, {})),
    ready: async (number) => void (await ask(`/${number}/ready`, {})),
    close: async (number) => void (await ask(`/${number}/close`, {})),
    merge: async (number) => void (await ask(`/${number}/merge`, {})),
    // It knows by itself.
    tellMerged: async () => undefined,
    comments: async (number) =>
      (await talk(number)).filter(({ author, hidden }) => author === 'polder' && !hidden).map(({ body }) => body),
    statuses: async (number) => {
      const { statuses } = await pull(number);
      return Object.fromEntries(statuses.map((one) => [one.context, `${one.state}: ${one.description}`]));
    },
    isMerged: async (number) => (await pull(number)).state === 'merged',
  };
}
