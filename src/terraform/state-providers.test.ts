import { describe, expect, it } from 'vitest';
import { providersNotInstalled } from './state-providers.ts';

const lockFile = 'provider "registry.terraform.io/hashicorp/null" {\n  version = "3.2.1"\n}\n';
const state = (...providers: unknown[]) =>
  JSON.stringify({ version: 4, resources: providers.map((provider) => ({ provider })) });

describe('providersNotInstalled', () => {
  it.each([
    ['one that is locked', state('provider["registry.terraform.io/hashicorp/null"]'), []],
    ['a built-in one', state('provider["terraform.io/builtin/terraform"]'), []],
    [
      'others, each once',
      state(
        'module.a.provider["registry.terraform.io/hashicorp/aws"].west',
        'provider["registry.terraform.io/acme/x"]',
        'provider["registry.terraform.io/hashicorp/aws"]',
      ),
      ['registry.terraform.io/acme/x', 'registry.terraform.io/hashicorp/aws'],
    ],
    ['a state that is none', 'x', []],
    ['an odd state', '{"resources": [null, {"provider": 1}, {}]}', []],
    ['an empty state', '{"version": 4}', []],
  ])('%s', (_name, text, expected) => {
    expect(providersNotInstalled(text, lockFile)).toEqual(expected);
  });
});
