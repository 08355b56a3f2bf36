import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaled } from '../../../test/support/scale.ts';
import { parseServerRules } from './parse-server-rules.ts';

/** Every key that may stand somewhere in the document, by the mapping it stands in, with a value that is accepted. */
const repoKeys: Record<string, unknown> = {
  id: '/x/',
  branch: '/^main$/',
  repo_config_file: 'a.yaml',
  plan_requirements: ['approved'],
  apply_requirements: ['mergeable'],
  import_requirements: ['undiverged'],
  pre_workflow_hooks: [{ run: 'a' }],
  post_workflow_hooks: [{ run: 'b' }],
  workflow: 'w',
  allowed_workflows: ['w'],
  allowed_overrides: ['workflow'],
  allow_custom_workflows: 'true',
  delete_source_branch_on_merge: 'true',
  repo_locking: 'false',
  repo_locks: { mode: 'on_apply' },
  policy_check: 'true',
  custom_policy_check: 'true',
  autodiscover: { mode: 'enabled', ignore_paths: ['a'] },
  silence_pr_comments: ['plan'],
};
const owners = { users: ['u'], teams: ['t'] };
const approvals = { approve_count: '2', sticky_policy_approvals: 'true', policy_item_regex: '.' };
const rootKeys: Record<string, unknown> = {
  workflows: { w: { plan: { steps: ['plan'] }, apply: { steps: [] }, policy_check: null, import: {}, state_rm: {} } },
  repos: [repoKeys],
  policies: {
    conftest_version: '1.2.3',
    owners,
    ...approvals,
    policy_sets: [{ name: 'n', path: 'p', source: 'local', owners, ...approvals, prevent_self_approve: 'true' }],
  },
  metrics: { statsd: { host: 'h', port: '1' }, prometheus: { endpoint: '/m' } },
  team_authz: { command: 'c', args: ['a'] },
  external_stores: {
    plan_store: {
      type: 's3',
      s3: { bucket: 'b', region: 'r', prefix: 'p', endpoint: 'e', force_path_style: 'true', profile: 'q' },
    },
  },
};

function parse(text: string) {
  return parseServerRules({ text, file: 'repos.yaml', format: 'yaml' });
}

describe('parseServerRules', () => {
  it('accepts a document with every key', () => {
    expect(parse(JSON.stringify(rootKeys)).kind).toBe('ok');
  });

  it('understands every key of an entry: each changes what comes out', () => {
    const entryOf = (keys: Record<string, unknown>) => {
      const parsed = parse(JSON.stringify({ workflows: { w: {} }, repos: [{ id: '/x/', ...keys }] }));
      return JSON.stringify(parsed.kind === 'ok' ? parsed.rules.entries[0] : parsed.message);
    };
    const changing = Object.keys(repoKeys).filter((key) => entryOf({ [key]: repoKeys[key] }) !== entryOf({}));
    expect(changing).toEqual(Object.keys(repoKeys).filter((key) => key !== 'id'));
  });

  it('ignores no key: one letter more in any of them is refused with that key', () => {
    const paths = keyPaths(rootKeys).filter((path) => !isNameOfWorkflow(path));
    for (const path of paths) {
      const changed = structuredClone(rootKeys);
      const name = rename(changed, path);
      const parsed = parse(JSON.stringify(changed));
      expect(parsed.kind === 'invalid' && parsed.message).toContain(`${name}: is not a known key`);
    }
  });

  it('never throws', () => {
    const key = fc.constantFrom(...Object.keys(rootKeys), ...Object.keys(repoKeys), 'run', 'mode', '<<', 'steps', 'x');
    const scalar = fc.constantFrom('/x/', '/(/', '/', '', 'a/b/c', '*a', '&a b', '[', '~', '1', 'true', 'local', '\0');
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 5 }),
      ),
    }));
    const written = fc.oneof(
      value.map((all) => JSON.stringify(all)),
      value.map((all) => JSON.stringify(all).replaceAll('"', ' ').replaceAll(':', ': ')),
      fc.string(),
    );
    const answers = fc.property(written, fc.constantFrom('yaml', 'json'), (text, format) => {
      const parsed = parseServerRules({ text, file: 'f', format });
      const start = format === 'yaml' ? 'parsing f file: ' : 'parsing f: ';
      return parsed.kind === 'ok' || (parsed.message.startsWith(start) && parsed.issues.length > 0);
    });
    expect(() => fc.assert(answers, { numRuns: scaled(5_000) })).not.toThrow();
  });
});

describe('docs/repos-yaml.md', () => {
  const page = readFileSync(new URL('../../../docs/repos-yaml.md', import.meta.url), 'utf8');

  it('names every key', () => {
    const keys = new Set(keyPaths(rootKeys).map((path) => String(path.at(-1))));
    const stages = ['w', 'plan', 'apply', 'policy_check', 'import', 'state_rm', 'steps'];
    const isNamed = (key: string) => page.includes(`\`${key}\``) || page.includes(`\`${key}: `);
    expect([...keys].filter((key) => !stages.includes(key) && !isNamed(key))).toEqual([]);
  });

  it('has an example that is accepted', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    expect(parse(example)).toMatchObject({ kind: 'ok', rules: { entries: [{}, {}, {}] } });
  });

  it('shows the messages as they are', () => {
    const file = '/etc/polder/repos.yaml';
    const parsed = parseServerRules({
      text: 'repos:\n- id: acme/infra\n  aply_requirements: [approved]',
      file,
      format: 'yaml',
    });
    expect(page).toContain(parsed.kind === 'invalid' ? `\n${parsed.message}\n` : 'nothing');
  });
});

type Path = readonly (string | number)[];

function keyPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => keyPaths(item, [...path, index]));
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...keyPaths(inner, [...path, key])]);
}

/** Puts a letter behind the last key of the path. */
function rename(root: Record<string, unknown>, path: Path): string {
  let at: Record<string | number, unknown> = root;
  for (const part of path.slice(0, -1)) at = at[part] as Record<string, unknown>;
  const key = String(path.at(-1));
  at[`${key}q`] = at[key];
  delete at[key];
  return `${key}q`;
}

function isNameOfWorkflow(path: Path): boolean {
  return path.length === 2 && path[0] === 'workflows';
}
