import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { scaled } from '../../../test/support/scale.ts';
import { plainValue } from '../yaml-tree.ts';
import { parseServerRules } from './parse-server-rules.ts';
import { readJson } from './read-json.ts';

function messageOf(text: string): string {
  const parsed = parseServerRules({ text, file: '--repo-config-json', format: 'json' });
  return parsed.kind === 'invalid' ? parsed.message : 'ok';
}

describe('readJson', () => {
  it('reads every JSON as JSON.parse does, but for scalars, which stay text', () => {
    const spaces = fc.constantFrom(undefined, 1, '\t');
    const same = fc.property(fc.jsonValue({ maxDepth: 4 }), spaces, (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const { root, problems } = readJson(text, z.unknown());
      if (!root) throw new Error(problems[0]?.message ?? 'nothing read');
      expect(plainValue(root)).toEqual(asText(JSON.parse(text)));
    });
    fc.assert(same, { numRuns: scaled(5_000) });
  });

  it('takes the merge key of YAML for a key like any other', () => {
    expect(messageOf('{"<<": {"repos": []}}')).toBe(
      'parsing --repo-config-json: line 1: <<: is not a known key, expected one of repos, workflows, policies, metrics, team_authz, external_stores',
    );
  });

  it.each([
    ['keys in capitals', '{"Repos": [{"ID": "/x/", "Apply_Requirements": ["approved"]}]}', 'ok'],
    [
      'the field of Atlantis that has no name for JSON',
      '{"repos": [{"id": "/x/", "autodiscover": {"IgnorePaths": ["a"]}}]}',
      'ok',
    ],
    [
      'names of workflows as they are written',
      '{"workflows": {"W": {}}, "repos": [{"id": "/x/", "workflow": "w"}]}',
      'line 1: repos[0].workflow: workflow "w" is not defined',
    ],
    [
      'an unknown key',
      '{"repos": [\n{"id": "/x/", "apply_requirement": []}]}',
      'line 2: repos[0].apply_requirement: is not a known key, did you mean "apply_requirements"?',
    ],
    [
      'one key in two cases',
      '{"repos": [{"ID": "/x/", "id": "/y/"}]}',
      'line 1: repos[0].ID: is not a known key, did you mean "id"?',
    ],
    [
      'one key in two other cases',
      '{"repos": [{"ID": "/x/", "Id": "/y/"}]}',
      'line 1: repos[0].Id: is not a known key, did you mean "id"?',
    ],
  ])('reads %s', (_name, text, answer) => {
    expect(messageOf(text)).toBe(answer === 'ok' ? 'ok' : `parsing --repo-config-json: ${answer}`);
  });

  it('refuses YAML', () => {
    expect(messageOf('repos: []')).toMatch(/^parsing --repo-config-json: line 1: is not JSON: /);
  });
});

function asText(value: unknown): unknown {
  if (value === null || typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asText(inner)]));
  }
  return expect.any(String);
}
