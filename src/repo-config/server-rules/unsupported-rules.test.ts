import { describe, expect, it } from 'vitest';
import { parseServerRules } from './parse-server-rules.ts';
import { ruleDefaults } from './rule-defaults.ts';
import { unbuiltRules } from './unsupported-rules.ts';

function unbuiltIn(text: string) {
  const parsed = parseServerRules({ text, file: '/etc/repos.yaml', format: 'yaml' });
  if (parsed.kind === 'invalid') throw new Error(parsed.message);
  return unbuiltRules(parsed.rules);
}

describe('unbuiltRules', () => {
  it('has nothing against rules for repositories', () => {
    expect(unbuiltIn('repos: [{id: /x/, apply_requirements: [approved]}]')).toEqual({ refusals: [], warnings: [] });
  });

  it('lets no server start without the program that allows commands', () => {
    expect(unbuiltIn('team_authz: {command: /bin/ask}')).toEqual({
      refusals: [
        'repos.yaml: team_authz protects something, and this version does not enforce it yet: the program that allows commands is not asked. Remove it to start without',
      ],
      warnings: [],
    });
  });

  it('warns of what has no effect', () => {
    const store = 'external_stores: {plan_store: {type: s3, s3: {bucket: b, region: r}}}';
    expect(unbuiltIn(`metrics: {prometheus: {endpoint: /m}}\n${store}`)).toEqual({
      refusals: [],
      warnings: [
        'repos.yaml: metrics has no effect in this version: no metrics are sent or served',
        'repos.yaml: external_stores has no effect in this version: plan files are kept in the database',
      ],
    });
  });
});

describe('ruleDefaults', () => {
  it('takes the flags', () => {
    const flags = {
      automerge: true,
      parallelPlan: true,
      parallelApply: false,
      autodiscoverMode: 'enabled',
      disableRepoLocking: true,
      enablePolicyChecks: false,
    } as const;
    expect(ruleDefaults(flags)).toEqual({
      automerge: true,
      parallelPlan: true,
      parallelApply: false,
      autodiscoverMode: 'enabled',
      repoLocking: false,
      policyChecks: false,
    });
  });
});
