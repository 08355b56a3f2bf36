/** Which teams may give which commands. */
export type TeamRules = {
  /** Without rules everybody may do everything, and nobody's teams need to be asked for. */
  readonly isEmpty: boolean;
  /** `teams`: as the host names them. */
  allows(teams: readonly string[], command: string): boolean;
};

/**
 * Reads pairs of `team:command` with commas between them, as `--gh-team-allowlist` has them; `*` stands for any team, or
 * any command, and case makes no difference. A team's name may hold colons.
 * https://www.runatlantis.io/docs/server-configuration#gh-team-allowlist
 */
export function parseTeamRules(
  text: string,
): { readonly kind: 'ok'; readonly rules: TeamRules } | { readonly kind: 'invalid'; readonly message: string } {
  const pairs: { team: string; command: string }[] = [];
  for (const entry of text.split(',').map((part) => part.trim().toLowerCase())) {
    if (entry === '') continue;
    const colon = entry.lastIndexOf(':');
    const team = entry.slice(0, Math.max(colon, 0)).trim();
    const command = entry.slice(colon + 1).trim();
    if (team === '' || command === '') {
      return { kind: 'invalid', message: `expected pairs of team:command, found ${JSON.stringify(entry)}` };
    }
    pairs.push({ team, command });
  }
  return {
    kind: 'ok',
    rules: {
      isEmpty: pairs.length === 0,
      allows: (teams, command) => {
        const mine = new Set(teams.map((team) => team.toLowerCase()));
        const isMeant = (pair: { command: string }) => pair.command === '*' || pair.command === command.toLowerCase();
        return pairs.length === 0 || pairs.some((pair) => isMeant(pair) && (pair.team === '*' || mine.has(pair.team)));
      },
    },
  };
}
