/** Major and minor version of git. */
export type GitVersion = readonly [major: number, minor: number];

/** Undefined for what is not the answer of `git version`. */
export function parseGitVersion(text: string): GitVersion | undefined {
  const found = /(\d+)\.(\d+)/.exec(text);
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}

export function isAtLeast([major, minor]: GitVersion, [wantedMajor, wantedMinor]: GitVersion): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
