import { describe, expect, it } from 'vitest';
import { withCloudToken, withoutMissingCliConfig } from './cli-config.ts';

describe('withCloudToken', () => {
  it.each([
    ['app.terraform.io', 'TF_TOKEN_app_terraform_io'],
    ['tfe.my-company.example', 'TF_TOKEN_tfe_my__company_example'],
    ['für.example', 'TF_TOKEN_xn____fr__xka_example'],
  ])('names the token of %s as engines look for it', (tfeHostname, name) => {
    expect(withCloudToken({ PATH: '/bin' }, { tfeHostname, tfeToken: 't' })).toEqual({ PATH: '/bin', [name]: 't' });
  });

  it('leaves the token alone that an operator has set, and sets none where there is none', () => {
    const env = { TF_TOKEN_app_terraform_io: 'own' };
    expect(withCloudToken(env, { tfeHostname: 'app.terraform.io', tfeToken: 't' })).toEqual(env);
    expect(withCloudToken({}, { tfeHostname: 'app.terraform.io', tfeToken: '' })).toEqual({});
  });
});

describe('withoutMissingCliConfig', () => {
  it('takes out the name of a file that is not there, and says so', () => {
    const warnings: string[] = [];
    const env = { TF_CLI_CONFIG_FILE: '/does/not/exist', PATH: '/bin' };
    expect(withoutMissingCliConfig(env, (warning) => void warnings.push(warning))).toEqual({ PATH: '/bin' });
    expect(warnings).toEqual([
      'TF_CLI_CONFIG_FILE names /does/not/exist, which does not exist; engines are started without it',
    ]);
  });
});
