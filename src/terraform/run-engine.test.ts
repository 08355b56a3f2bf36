import { describe, expect, it } from 'vitest';
import { engineEnvironment } from './run-engine.ts';

const engine = { binary: '/usr/bin/tofu', distribution: 'opentofu', version: '1.6.2' } as const;
const deps = { env: { PATH: '/bin', ATLANTIS_API_SECRET: 's' }, pluginCacheDir: '/cache' };
const run = { engine, cwd: '/p/net', workspace: 'staging' };

describe('engineEnvironment', () => {
  it('is the environment of the server without its secrets, and what the engine needs', () => {
    expect(engineEnvironment(deps, run)).toEqual({
      PATH: '/bin',
      TF_IN_AUTOMATION: 'true',
      TF_INPUT: '0',
      TF_WORKSPACE: 'staging',
      TF_PLUGIN_CACHE_DIR: '/cache',
      CHECKPOINT_DISABLE: '1',
      WORKSPACE: 'staging',
      DIR: '/p/net',
      ATLANTIS_TERRAFORM_VERSION: '1.6.2',
    });
  });

  it('chooses no workspace for `default`, whatever the server was started with', () => {
    const env = { TF_WORKSPACE: 'other', TF_DATA_DIR: '/x' };
    const result = engineEnvironment({ env, pluginCacheDir: null }, { ...run, workspace: 'default' });
    expect(Object.keys(result)).not.toContain('TF_WORKSPACE');
    expect(Object.keys(result)).not.toContain('TF_DATA_DIR');
    expect(Object.keys(result)).not.toContain('TF_PLUGIN_CACHE_DIR');
  });

  it("keeps an operator's own plug-in cache", () => {
    expect(engineEnvironment({ ...deps, env: { TF_PLUGIN_CACHE_DIR: '/own' } }, run)).toMatchObject({
      TF_PLUGIN_CACHE_DIR: '/own',
    });
  });

  it('lets variables of earlier steps win', () => {
    expect(engineEnvironment(deps, { ...run, env: { DIR: 'x', ATLANTIS_X: 'y' } })).toMatchObject({
      DIR: 'x',
      ATLANTIS_X: 'y',
    });
  });
});
