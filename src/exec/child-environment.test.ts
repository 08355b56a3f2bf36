import { describe, expect, it } from 'vitest';
import { childEnvironment } from './index.ts';

describe('childEnvironment', () => {
  it.each([
    'ATLANTIS_GH_TOKEN',
    'ATLANTIS_API_SECRET',
    'POLDER_DATABASE_URL',
    'POLDER_TOKEN',
    'DATABASE_URL',
    'PGPASSWORD',
    'PGPASSFILE',
    'NODE_OPTIONS',
    'NODE_CHANNEL_FD',
    'npm_config_//registry.example/:_authToken',
    'npm_lifecycle_event',
    'INIT_CWD',
  ])('keeps %s back', (name) => {
    expect(childEnvironment({ [name]: 'x' })).toEqual({});
  });

  it.each([
    'PATH',
    'HOME',
    'AWS_SECRET_ACCESS_KEY',
    'GOOGLE_APPLICATION_CREDENTIALS',
    'HTTPS_PROXY',
    'no_proxy',
    'SSL_CERT_FILE',
    'TF_VAR_region',
    'TF_CLI_CONFIG_FILE',
    'PG_CONN_STR',
    'NODE_EXTRA_CA_CERTS',
    'MY_ATLANTIS_X',
    'constructor',
  ])('passes %s on', (name) => {
    expect(childEnvironment({ [name]: 'x' })).toEqual({ [name]: 'x' });
  });

  it('passes a variable of any name on', () => {
    const base = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
    expect(Object.entries(childEnvironment(base))).toEqual([['__proto__', 'x']]);
  });

  it('lets the given variables win, unfiltered', () => {
    expect(childEnvironment({ A: '1', B: '2' }, { A: '3', ATLANTIS_TERRAFORM_VERSION: '1.2.3', B: undefined })).toEqual(
      {
        A: '3',
        ATLANTIS_TERRAFORM_VERSION: '1.2.3',
      },
    );
  });
});
