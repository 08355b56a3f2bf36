import { type ServerClient, serverClient } from './server-client.ts';

/** GitLab's API of a running server. */
export type GitlabClient = Pick<ServerClient, 'get' | 'send'> & {
  /** All rows of a list, page by page. */
  list(path: string): Promise<unknown[]>;
};

/** `paths` are below `/api/v4`. Whatever the server refuses is thrown, with its reason. */
export function gitlabClient(flags: { readonly server: string; readonly token: string }): GitlabClient {
  const client = serverClient(flags, '/api/v4');
  return {
    ...client,
    list: async (path) => {
      const rows: unknown[] = [];
      const keyset = `${path.includes('?') ? '&' : '?'}pagination=keyset&per_page=100`;
      let query: string | undefined = path + keyset;
      while (query !== undefined) {
        const { body, headers }: Awaited<ReturnType<ServerClient['ask']>> = await client.ask(query);
        rows.push(...(body as unknown[]));
        // The link names the server by its own address, which need not be the one that was asked.
        const next = /<[^>]*(\?[^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
        query = next && path.replace(/\?.*$/s, '') + next;
      }
      return rows;
    },
  };
}
