export type RefCheck = { readonly kind: 'safe' } | { readonly kind: 'unsafe'; readonly reason: string };

const longestRef = 512;
const headsPrefix = 'refs/heads/';
const tagsPrefix = 'refs/tags/';
const commitPattern = /^[0-9a-f]{7,40}$/i;

type Rule = { readonly breaks: (ref: string) => boolean; readonly reason: string };

/** The reason completes the sentence "a ref …". */
const rules: readonly Rule[] = [
  { breaks: (ref) => ref === '', reason: 'may not be empty' },
  { breaks: (ref) => Buffer.byteLength(ref) > longestRef, reason: `may not be longer than ${longestRef} bytes` },
  { breaks: (ref) => /^[-+]/.test(ref), reason: 'may not start with "-" or "+"' },
  { breaks: (ref) => /\p{Cc}/u.test(ref), reason: 'may not contain control characters' },
  { breaks: (ref) => /\p{Surrogate}/u.test(ref), reason: 'must be valid Unicode' },
  { breaks: (ref) => /[ ~^:?*[\]\\]/.test(ref), reason: 'may not contain a space or any of ~ ^ : ? * [ ] \\' },
  { breaks: (ref) => ref.includes('..') || ref.includes('@{'), reason: 'may not contain ".." or "@{"' },
  { breaks: (ref) => /^\/|\/\/|\/$/.test(ref), reason: 'may not start or end with "/" or contain "//"' },
  { breaks: (ref) => ref.endsWith('.'), reason: 'may not end with "."' },
  {
    breaks: (ref) => ref.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock')),
    reason: 'may not have a part that starts with "." or ends with ".lock"',
  },
  { breaks: (ref) => /^(refs\/(heads|tags)\/)?-/.test(ref), reason: 'may not name something that starts with "-"' },
  { breaks: (ref) => /^(refs\/(heads|tags)\/)?HEAD$/.test(ref), reason: 'may not be HEAD' },
  { breaks: isPullRef, reason: 'may not be the ref of a pull request' },
];

/**
 * Whether a ref that somebody sent may be looked up at all: a branch, `refs/heads/<branch>`, `refs/tags/<tag>` or a
 * commit, in a form that git could never take for an option, an expression or a refspec.
 * Rules: git-check-ref-format(1), and names that only the host may move.
 */
export function checkRef(ref: string): RefCheck {
  const broken = rules.find((rule) => rule.breaks(ref));
  return broken ? { kind: 'unsafe', reason: `a ref ${broken.reason}` } : { kind: 'safe' };
}

/** `refs/pull/7/head` and its kind at other hosts: whoever opens a pull request decides what it holds. */
function isPullRef(ref: string): boolean {
  return /^(refs\/)?(pull|merge-requests|pull-requests)\/\d+\/(head|merge|from|to)/i.test(ref);
}

/** What a safe ref may name, in the order in which it is looked for. */
export type RefCandidate = { readonly kind: 'branch' | 'tag' | 'commit'; readonly name: string };

/**
 * A bare word is a branch, else a tag. Seven to forty hex digits are a commit first: otherwise whoever may push a
 * branch could take over the name of a commit. A branch of such a name can always be named as `refs/heads/<branch>`;
 * all forty digits never name anything but a commit.
 */
export function refCandidates(ref: string): readonly RefCandidate[] {
  if (ref.startsWith(headsPrefix)) return [{ kind: 'branch', name: ref.slice(headsPrefix.length) }];
  if (ref.startsWith(tagsPrefix)) return [{ kind: 'tag', name: ref.slice(tagsPrefix.length) }];
  const names: RefCandidate[] = [
    { kind: 'branch', name: ref },
    { kind: 'tag', name: ref },
  ];
  if (!commitPattern.test(ref)) return names;
  const commit: RefCandidate = { kind: 'commit', name: ref.toLowerCase() };
  return ref.length === 40 ? [commit] : [commit, ...names];
}

/**
 * True for refs that say too little about where their commit came from: commits, tags, and words that are branch and
 * tag alike (`v1.2`, `production`). Such a run must name the branch that its commit has to be part of.
 */
export function needsBaseBranch(ref: string): boolean {
  if (ref.startsWith(headsPrefix)) return false;
  if (ref.startsWith(tagsPrefix) || commitPattern.test(ref)) return true;
  const looksLikeVersion = /^v?\d[\d._-]*$/i.test(ref) && ref.includes('.');
  return looksLikeVersion || /^(prod|production|latest|stable|release)$/i.test(ref);
}

/** The branch that a base branch as sent stands for, or undefined when it is not the name of a branch. */
export function baseBranchName(baseBranch: string): string | undefined {
  if (checkRef(baseBranch).kind === 'unsafe') return undefined;
  if (baseBranch.startsWith(headsPrefix)) return baseBranch.slice(headsPrefix.length);
  return baseBranch.startsWith('refs/') ? undefined : baseBranch;
}
