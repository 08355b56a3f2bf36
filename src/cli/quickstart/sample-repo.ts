import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProcess } from '../../exec/index.ts';
import { PolderError } from '../../lib/errors.ts';

/** The sample's place below the folder of local repositories, and so its full name. */
export const sampleRepoName = 'acme/shop';

/** The names of its projects: two folders, each in two workspaces. */
export const sampleProjects = ['network-staging', 'network-production', 'app-staging', 'app-production'] as const;

const atlantisYaml = `version: 3
projects:
  - {name: network-staging, dir: network, workspace: staging}
  - {name: network-production, dir: network, workspace: production}
  - {name: app-staging, dir: app, workspace: staging, execution_order_group: 1}
  - {name: app-production, dir: app, workspace: production, execution_order_group: 1}
`;

const network = `resource "terraform_data" "network" {
  input = "10.\${terraform.workspace == "production" ? 1 : 2}.0.0/16"
}

output "range" {
  value = terraform_data.network.output
}
`;

const app = `variable "replicas" {
  type    = number
  default = 1
}

resource "terraform_data" "app" {
  count = var.replicas
  input = "shop \${terraform.workspace} \${count.index}"
}

output "replicas" {
  value = length(terraform_data.app)
}
`;

const files: Readonly<Record<string, string>> = {
  'atlantis.yaml': atlantisYaml,
  'network/main.tf': network,
  'app/main.tf': app,
  'app/env/production.tfvars': 'replicas = 3\n',
};

/** A branch of the sample that is made for a pull request: one replica more where nothing else is said. */
export const sampleBranch = 'more-replicas';

/**
 * Makes the sample repository in a folder of local repositories: one commit on `main` and one more on `more-replicas`.
 * One that is there already stays as it is, with whatever somebody has tried in it.
 */
export async function makeSampleRepo(reposDir: string, env: NodeJS.ProcessEnv): Promise<void> {
  const dir = join(reposDir, sampleRepoName);
  if (existsSync(join(dir, '.git'))) return;
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  await git(dir, env, ['init', '--quiet', '--initial-branch=main']);
  await nameAuthor(dir, env);
  await commit(dir, env, 'Add network and app');
  await git(dir, env, ['checkout', '--quiet', '-b', sampleBranch]);
  await writeFile(join(dir, 'app/main.tf'), app.replace('default = 1', 'default = 2'));
  await commit(dir, env, 'Run two replicas of the app');
  await git(dir, env, ['checkout', '--quiet', 'main']);
}

const author = { 'user.name': 'Polder quickstart', 'user.email': 'quickstart@polder.invalid' };

/** Whoever tries the sample commits to it, which git refuses on a new machine that knows nobody's name yet. */
async function nameAuthor(dir: string, env: NodeJS.ProcessEnv): Promise<void> {
  const asked = await runGit(dir, pick(env), ['var', 'GIT_AUTHOR_IDENT']);
  if (asked.kind === 'exited' && asked.code === 0) return;
  for (const [name, value] of Object.entries(author)) await git(dir, env, ['config', name, value]);
}

async function commit(dir: string, env: NodeJS.ProcessEnv, message: string): Promise<void> {
  const settings = { ...author, 'commit.gpgsign': 'false' };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  await git(dir, env, ['add', '--all']);
  await git(dir, env, [...flags, 'commit', '--quiet', '--message', message]);
}

async function git(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<void> {
  const result = await runGit(cwd, { ...pick(env), GIT_CONFIG_NOSYSTEM: '1' }, args);
  if (result.kind === 'exited' && result.code === 0) return;
  const reason = result.kind === 'not_started' ? result.reason : result.stderr.trim();
  throw new PolderError('git_failed', `making the sample repository: ${reason}`);
}

function pick(env: NodeJS.ProcessEnv): Record<string, string> {
  return { PATH: env.PATH ?? '', HOME: env.HOME ?? '' };
}

function runGit(cwd: string, env: Readonly<Record<string, string>>, args: readonly string[]) {
  return runProcess({
    file: 'git',
    args,
    cwd,
    env,
    output: { kind: 'capture', maxBytes: 64 * 1024 },
    timeoutMs: 60_000,
    killAfterMs: 5_000,
  });
}
