import { mergePull } from '../../fakes/github/git-pulls.ts';
import type { FakeStatus } from '../../fakes/github/state.ts';
import type { Delivery } from '../../fakes/host-server.ts';
import type { ForgeRepo } from './forge.ts';

type HostComment = { readonly author: string; readonly body: string };
type HostPull<C> = {
  readonly number: number;
  readonly headSha: string;
  readonly baseBranch: string;
  readonly merged: boolean;
  readonly comments: readonly C[];
};

export type PullRepoOptions<C, P extends HostPull<C>> = {
  readonly repo: {
    readonly gitDir: string | null;
    readonly pulls: ReadonlyMap<number, P>;
    readonly statuses: readonly FakeStatus[];
  };
  /** Whether a comment is one of the server's own that is not folded away. */
  isShown(comment: C): boolean;
  /** The event of what was done to a pull request. */
  event(pull: P, action: string): Delivery;
  send(delivery: Delivery): Promise<void>;
};

type Common = Required<
  Pick<ForgeRepo, 'close' | 'reopen' | 'merge' | 'tellMerged' | 'comments' | 'statuses' | 'isMerged'>
>;

/** What people do, and read, in the same way in the repositories of GitHub and of Gitea. */
export function pullRepo<C extends HostComment, P extends HostPull<C>>(
  options: PullRepoOptions<C, P>,
): Common & { of(number: number): P } {
  const { repo, isShown, event, send } = options;
  const of = (number: number) => {
    const pull = repo.pulls.get(number);
    if (!pull) throw new Error(`no pull request ${number}`);
    return pull;
  };
  return {
    of,
    close: (number) => {
      Object.assign(of(number), { state: 'closed' });
      return send(event(of(number), 'closed'));
    },
    reopen: (number) => {
      Object.assign(of(number), { state: 'open' });
      return send(event(of(number), 'reopened'));
    },
    merge: async (number) => {
      if (repo.gitDir !== null) mergePull(repo.gitDir, of(number));
      Object.assign(of(number), { state: 'closed', merged: true });
    },
    tellMerged: (number) => send(event(of(number), 'closed')),
    comments: async (number) =>
      of(number)
        .comments.filter(isShown)
        .map(({ body }) => body),
    statuses: async (number) => {
      const ofHead = repo.statuses.filter(({ sha }) => sha === of(number).headSha);
      return Object.fromEntries(ofHead.map((one) => [one.context, `${one.state}: ${one.description}`]));
    },
    isMerged: async (number) => of(number).merged,
  };
}
