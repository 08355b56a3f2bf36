import { describe, expect, it } from 'vitest';
import { silentLog } from '../../src/lib/log.ts';
import { type PullRef, trustedAuthorities } from '../../src/vcs/index.ts';
import type { FakeReply, HostServer } from '../fakes/host-server.ts';
import type { PullsHost } from '../support/hosts.ts';

type Changed = { readonly authorities?: readonly string[]; readonly timeoutMs?: number };

/** A fake of a host with one open pull request, and a client that speaks to it. */
export type TroubledWorld = {
  readonly server: Pick<HostServer, 'fail' | 'certificateFile'>;
  readonly ref: PullRef;
  readonly headSha: string;
  /** What is written on the pull request. */
  comments(): readonly string[];
  client(changed?: Changed): PullsHost;
  /** One whose token the host does not know. */
  stranger(): PullsHost;
};

export type TroubledHost = {
  make(): Promise<TroubledWorld>;
  /** The requests that read a pull request, comment on it, merge it, and set a status. */
  readonly requests: {
    readonly read: RegExp;
    readonly comment: RegExp;
    readonly merge: RegExp;
    readonly status: RegExp;
  };
  /** How the host says that it is asked too often; for one second. */
  readonly limited: FakeReply;
  /** What is no pull request of the host's. */
  readonly otherObject: unknown;
};

const page: FakeReply = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' };

/** What every host that is asked over HTTP does when the network or the host goes wrong. */
export function describeTroubledHost(name: string, { make, requests, limited, otherObject }: TroubledHost): void {
  describe(`the host port, when something goes wrong: ${name}`, () => {
    it('reads again after an answer 502 and a connection that broke', async () => {
      const { server, ref, client } = await make();
      server.fail(requests.read, { status: 502, body: 'Bad gateway' });
      server.fail(requests.read, { drop: 'before' });
      expect(await client().pulls.getPull(ref)).toMatchObject({ number: ref.number });
    });

    it('gives up after some attempts', async () => {
      const { server, ref, client } = await make();
      server.fail(requests.read, { status: 503 }, 100);
      await expect(client().pulls.getPull(ref)).rejects.toMatchObject({ code: 'host_unavailable' });
    });

    it('does not wait for ever for an answer', async () => {
      const { server, ref, client } = await make();
      server.fail(requests.read, { hang: true }, 100);
      const asked = client({ timeoutMs: 50 }).pulls.getPull(ref);
      await expect(asked).rejects.toMatchObject({ code: 'host_unavailable' });
    });

    it('writes a comment once when the answer is lost', async () => {
      const { server, ref, comments, client } = await make();
      server.fail(requests.comment, { drop: 'done' });
      await expect(client().pulls.createComment(ref, 'once')).rejects.toMatchObject({ code: 'host_unavailable' });
      expect(comments()).toEqual(['once']);
    });

    it('knows that a merge whose answer was lost has happened', async () => {
      const { server, ref, headSha, client } = await make();
      server.fail(requests.merge, { drop: 'done' });
      const merging = { headSha, method: null, title: null };
      expect(await client().pulls.mergePull(ref, merging)).toEqual({ kind: 'merged' });
    });

    it('waits as long as a rate limit asks for, and then writes', async () => {
      const { server, ref, comments, client } = await make();
      server.fail(requests.comment, limited);
      const start = performance.now();
      await client().pulls.createComment(ref, 'later');
      expect(performance.now() - start).toBeGreaterThan(900);
      expect(comments()).toEqual(['later']);
    });

    it.each<[string, FakeReply]>([
      ['a page of a proxy', page],
      ['another object', { status: 200, headers: { 'content-type': 'application/json' }, body: otherObject }],
    ])('refuses %s', async (_, reply) => {
      const { server, ref, client } = await make();
      server.fail(requests.read, reply);
      await expect(client().pulls.getPull(ref)).rejects.toMatchObject({ code: 'host_refused' });
    });

    it('takes no page of a proxy for a status that was set, or for a merge', async () => {
      const { server, ref, headSha, client } = await make();
      const { pulls } = client();
      for (const matching of [requests.status, requests.merge]) server.fail(matching, page);
      const status = { context: 'atlantis/plan', state: 'success', description: '', targetUrl: null } as const;
      await expect(pulls.setStatus({ ...ref, headSha }, status)).rejects.toMatchObject({ code: 'host_refused' });
      const merging = pulls.mergePull(ref, { headSha, method: null, title: null });
      await expect(merging).rejects.toMatchObject({ code: 'host_refused' });
    });

    it('does not trust a server whose authority it does not know', async () => {
      const { ref, client } = await make();
      const asked = client({ authorities: [] }).pulls.getPull(ref);
      await expect(asked).rejects.toMatchObject({ code: 'host_unavailable' });
    });

    it('trusts the authority that SSL_CERT_FILE names', async () => {
      const { server, ref, client } = await make();
      const authorities = await trustedAuthorities({ SSL_CERT_FILE: server.certificateFile }, silentLog());
      expect(await client({ authorities }).pulls.getPull(ref)).toBeDefined();
    });

    it('says that its token is refused', async () => {
      const { ref, stranger } = await make();
      const refusal = { code: 'host_refused', details: { status: 401 } };
      await expect(stranger().pulls.getPull(ref)).rejects.toMatchObject(refusal);
    });
  });
}
