import type { CurrentPull } from './current-pull.ts';
import { fewOf } from './make-commit.ts';
import { tryMerge } from './merge-trees.ts';
import { mergeBase } from './source-git.ts';

/** Why the branches could not be merged now; undefined when they could. Changes nothing. */
export async function mergeProblem({
  pull,
  source,
  headSha,
  headTip,
  baseTip,
}: CurrentPull): Promise<string | undefined> {
  if (pull.state !== 'open') return `PR is ${pull.state}`;
  if (pull.draft) return 'PR is a draft';
  if (headTip === undefined) return `PR has no branch ${pull.headBranch} any more`;
  if (baseTip === undefined) return `PR has no branch ${pull.baseBranch} any more`;
  if ((await mergeBase(source, baseTip, headSha)) === undefined) return 'PR has no history in common with its base';
  const merge = await tryMerge(source, { ours: baseTip, theirs: headSha });
  return merge.kind === 'clean' ? undefined : `PR has conflicts in ${fewOf(merge.paths)}`;
}
