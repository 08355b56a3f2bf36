import { describe, expect, it } from 'vitest';
import { parseTeamRules } from './team-rules.ts';

function allows(text: string, teams: string[], command: string): boolean {
  const parsed = parseTeamRules(text);
  if (parsed.kind === 'invalid') throw new Error(parsed.message);
  return parsed.rules.allows(teams, command);
}

describe('parseTeamRules', () => {
  it.each([
    ['no rules', '', [], 'apply', true],
    ['a team that is listed', 'ops:apply', ['ops'], 'apply', true],
    ['another case', 'Ops:Apply', ['oPS'], 'apply', true],
    ['another command', 'ops:apply', ['ops'], 'plan', false],
    ['another team', 'ops:apply', ['dev'], 'apply', false],
    ['nobody in any team', 'ops:apply', [], 'apply', false],
    ['any team', '*:plan', [], 'plan', true],
    ['any command', 'ops:*', ['ops'], 'import', true],
    ['a second pair', 'dev:plan, ops:apply', ['ops'], 'apply', true],
    ['a group with a path', 'acme/ops:apply', ['acme/ops'], 'apply', true],
  ])('%s', (_, text, teams, command, expected) => {
    expect(allows(text, teams, command)).toBe(expected);
  });

  it('asks for nobody when there are no rules', () => {
    const parsed = parseTeamRules(' , ');
    expect(parsed.kind === 'ok' && parsed.rules.isEmpty).toBe(true);
  });

  it.each(['ops', ':plan', 'ops:'])('refuses %j', (text) => {
    expect(parseTeamRules(text)).toMatchObject({ kind: 'invalid' });
  });
});
