import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { errorText } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { VcsEvent } from '../index.ts';
import { toHostPull } from './current-pull.ts';
import { findRepository, type LocalRepository } from './find-repository.ts';
import { branchTips, mergeBase, type Source } from './source-git.ts';
import { endPull, selectPulls, updateOpenPull } from './store.ts';
import { type LocalPull, type LocalPullDeps, localLogin } from './types.ts';

export type WatchDeps = LocalPullDeps & { readonly log: Log };

const lookEveryMs = 2_000;

/** Looks at the branches of open pull requests until it is stopped: see `createPullWatch`. */
export function watchLocalPulls(deps: WatchDeps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { look } = createPullWatch(deps);
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => {
        deps.log.error({ reason: errorText(error) }, 'looking at local pull requests went wrong');
      });
      await pause(lookEveryMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    stop: async () => {
      stopping.abort();
      await looping;
    },
  };
}

/**
 * Notices what nobody tells: a folder has no webhooks. `look` delivers a push to the branch of an open pull request, and
 * the end of one whose commits the base branch has got some other way, such as by `git merge`. Several servers may look
 * at once, and each thing is delivered once. A pull request whose branch is gone stays as it is.
 */
export function createPullWatch(deps: WatchDeps): { look(): Promise<void> } {
  const seen = new Map<string, string>();
  const inTrouble = new Set<string>();
  return {
    look: async () => {
      const open = await selectPulls(deps.db, { state: 'open' });
      const names = new Set(open.map(({ fullName }) => fullName));
      for (const name of seen.keys()) if (!names.has(name)) seen.delete(name);
      for (const fullName of names) {
        const pulls = open.filter((pull) => pull.fullName === fullName);
        try {
          await lookAt(deps, { fullName, pulls, seen });
          inTrouble.delete(fullName);
        } catch (error) {
          const level = inTrouble.has(fullName) ? 'debug' : 'warn';
          inTrouble.add(fullName);
          deps.log[level]({ repo: fullName, reason: errorText(error) }, 'looking at the branches of a repository');
        }
      }
    },
  };
}

type Look = {
  readonly fullName: string;
  readonly pulls: readonly LocalPull[];
  /** What the files of the branches were like at the last look, by repo. */
  readonly seen: Map<string, string>;
};

async function lookAt(deps: WatchDeps, { fullName, pulls, seen }: Look): Promise<void> {
  const repository = await findRepository(deps.reposDir, fullName);
  if (!repository) return;
  const branches = [...new Set(pulls.flatMap(({ headBranch, baseBranch }) => [headBranch, baseBranch]))];
  const known = pulls.map(({ id, headSha, baseSha }) => `${id} ${headSha} ${baseSha}`);
  // Taken before git is asked, so that a change in between is seen at the next look.
  const files = [...(await traces(repository, branches)), ...known].join('\n');
  if (seen.get(fullName) === files) return;
  const source = { git: deps.git, repository };
  const tips = await branchTips(source, branches);
  for (const pull of pulls) await compare(deps, source, { pull, tips });
  seen.set(fullName, files);
}

/**
 * Of every file that a change of these branches would replace. A look at them costs a thousandth of a git process. Git
 * renames a new file into place for each change, so that its number and time differ.
 */
async function traces({ gitDir }: LocalRepository, branches: readonly string[]): Promise<string[]> {
  const files = ['packed-refs', 'reftable/tables.list', ...branches.map((branch) => `refs/heads/${branch}`)];
  return Promise.all(
    files.map(async (file) => {
      const info = await lstat(join(gitDir, file), { bigint: true }).catch(() => undefined);
      return info ? `${file} ${info.ino} ${info.mtimeNs} ${info.size}` : file;
    }),
  );
}

type Comparison = { readonly pull: LocalPull; readonly tips: ReadonlyMap<string, string> };

async function compare(deps: WatchDeps, source: Source, { pull, tips }: Comparison): Promise<void> {
  const headSha = tips.get(pull.headBranch) ?? pull.headSha;
  const baseSha = tips.get(pull.baseBranch) ?? pull.baseSha;
  if (headSha === pull.headSha && baseSha === pull.baseSha) return;
  const { fullName: repoFullName, number: pullNumber } = pull;
  // Git does not tell who it was.
  const happened = { deliveryId: null, repoFullName, sender: pull.author };
  const isMerged = baseSha !== pull.baseSha && (await mergeBase(source, baseSha, headSha)) === headSha;
  const at = deps.now();
  await deps.db.transaction(async (tx) => {
    if (isMerged) {
      const ended = await endPull(tx, pull.id, { state: 'merged', by: localLogin, at, headSha });
      if (ended) await deps.deliver(tx, { ...happened, kind: 'pull_closed', pullNumber, merged: true });
      return;
    }
    const updated = await updateOpenPull(tx, pull, { headSha, baseSha });
    if (!updated || headSha === pull.headSha) return;
    const event: VcsEvent = { ...happened, kind: 'pull_updated', pull: toHostPull(deps, { ...pull, headSha }) };
    await deps.deliver(tx, event);
  });
}
