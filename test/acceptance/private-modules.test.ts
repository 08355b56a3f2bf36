import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeGithub } from '../fakes/github/index.ts';
import { apiClient, apiSecret } from '../support/api-client.ts';
import { testEngine } from '../support/engine.ts';
import { makeBareRepo, makeRepo } from '../support/git.ts';
import { gitHttpServer } from '../support/git-http-server.ts';
import { startServer } from '../support/server.ts';
import { temporaryDir } from '../support/temp.ts';

const login = { username: 'polder-bot', password: 'hunter2-of-gitea' };
const moduleFiles = { 'main.tf': 'output "greeting" { value = "hello from a private module" }\n' };

/** The engine of the tests, which leaves the environment of each command in a file. */
async function watchedEngine() {
  const dir = await temporaryDir();
  const binary = join(dir, 'terraform');
  await writeFile(binary, `#!/bin/sh\nenv > '${dir}/'"$1"\nexec '${testEngine().binary}' "$@"\n`);
  await chmod(binary, 0o755);
  return { binary, environmentOf: (command: string) => readFile(join(dir, command), 'utf8') };
}

/** Repositories with the private module `acme/modules`. */
async function privateModules() {
  const [root, work] = [await temporaryDir(), await temporaryDir()];
  await makeRepo(work, moduleFiles);
  await makeBareRepo(join(root, 'acme/modules.git'), work);
  return root;
}

async function open(flags: Record<string, boolean>) {
  const github = await fakeGithub({ reposDir: await privateModules(), webhookSecret: 'secret' });
  github.addRepo('acme/modules');
  const gitea = await gitHttpServer(await privateModules(), login);
  const reposDir = await temporaryDir();
  const sources = {
    https: `git::https://${github.hostname}/acme/modules.git`,
    ssh: 'git@localhost:acme/modules.git',
    http: `git::${gitea.url}/acme/modules.git`,
  };
  const modules = Object.entries(sources).map(([name, source]) => `module "${name}" {\n  source = "${source}"\n}\n`);
  const greetings = Object.keys(sources).map((name) => `module.${name}.greeting`);
  const output = `output "greeting" {\n  value = join(" ", [${greetings.join(', ')}])\n}\n`;
  await makeRepo(join(reposDir, 'acme/infra'), {
    'with/main.tf': `${modules.join('')}${output}`,
    'without/main.tf': 'output "x" {\n  value = 1\n}\n',
  });
  const engine = await watchedEngine();
  const server = await startServer({
    flags: {
      ...{ 'local-repos-dir': reposDir, 'repo-allowlist': '*', 'api-secret': apiSecret },
      ...{ 'terraform-binary': engine.binary, 'gh-hostname': github.hostname, 'gh-user': github.state.login },
      ...{ 'gh-token': github.token, 'gitea-base-url': gitea.url },
      ...{ 'gitea-user': login.username, 'gitea-token': login.password, ...flags },
    },
    // A HOME of its own: what is on this machine has no say.
    env: { GIT_SSL_CAINFO: github.certificateFile, SSL_CERT_FILE: github.certificateFile, HOME: await temporaryDir() },
  });
  const plan = async (Directory: string) => {
    const { body } = await apiClient(server.url).command('plan', { Ref: 'main', Paths: [{ Directory }] });
    const [result] = body.ProjectResults;
    return `${result?.PlanSuccess?.TerraformOutput ?? ''}${result?.Error?.Message ?? ''}${result?.Failure ?? ''}`;
  };
  return { server, engine, plan, secrets: [github.token, login.password] };
}

describe('modules in private repositories', () => {
  it('are fetched with the credentials of the hosts, which init alone gets to know', async () => {
    const { server, engine, plan, secrets } = await open({ 'write-git-creds': true });
    expect(await plan('with')).toContain('hello from a private module hello from a private module hello');
    for (const secret of secrets) {
      expect(await engine.environmentOf('init')).toContain(secret);
      expect(await engine.environmentOf('plan')).not.toContain(secret);
      expect(server.log()).not.toContain(secret);
    }
    await plan('without');
    for (const secret of secrets) expect(await engine.environmentOf('init')).not.toContain(secret);
  });

  it('are not fetched without --write-git-creds', async () => {
    const { engine, plan, secrets } = await open({});
    expect(await plan('with')).toMatch(/could not read Username|Could not download module/);
    for (const secret of secrets) expect(await engine.environmentOf('init')).not.toContain(secret);
  });
});
