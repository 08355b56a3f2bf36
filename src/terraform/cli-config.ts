import { existsSync } from 'node:fs';
import { domainToASCII } from 'node:url';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment without a `TF_CLI_CONFIG_FILE` that names a file which is not there: every engine would put a warning
 * about it before its output, and so into every answer. `warn` hears of it, once.
 */
export function withoutMissingCliConfig(env: Environment, warn: (message: string) => void): Environment {
  const path = env.TF_CLI_CONFIG_FILE;
  if (path === undefined || path === '' || existsSync(path)) return env;
  warn(`TF_CLI_CONFIG_FILE names ${path}, which does not exist; engines are started without it`);
  const { TF_CLI_CONFIG_FILE: _, ...rest } = env;
  return rest;
}

/**
 * The environment with a token for Terraform Cloud or Enterprise at a host name, unless the operator has set one for it.
 * https://developer.hashicorp.com/terraform/cli/config/config-file#environment-variable-credentials
 */
export function withCloudToken(
  env: Environment,
  { tfeHostname, tfeToken }: { readonly tfeHostname: string; readonly tfeToken: string },
): Environment {
  if (tfeToken === '') return env;
  const name = `TF_TOKEN_${domainToASCII(tfeHostname).replaceAll('-', '__').replaceAll('.', '_')}`;
  return { [name]: tfeToken, ...env };
}
