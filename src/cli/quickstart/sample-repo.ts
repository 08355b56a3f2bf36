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

/**
 * Makes the sample repository in a folder of local repositories: one commit on `main`. One that is there already stays as
 * it is, with whatever somebody has tried in it.
 */
export async function makeSampleRepo(reposDir: string, env: NodeJS.ProcessEnv): Promise<void> {
  const dir = join(reposDir, sampleRepoName);
  if (existsSync(join(dir, '.git'))) return;
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  const identity = { name: 'Polder quickstart', email: 'quickstart@polder.invalid' };
  await git(dir, env, ['init', '--quiet', '--initial-branch=main']);
  await git(dir, env, ['add', '--all']);
  const author = ['-c', `user.name=${identity.name}`, '-c', `user.email=${identity.email}`];
  await git(dir, env, [
    ...author,
    '-c',
    'commit.gpgsign=false',
    'commit',
    '--quiet',
    '--message',
    'Add network and app',
  ]);
}

async function git(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<void> {
  const result = await runProcess({
    file: 'git',
    args,
    cwd,
    env: { PATH: env.PATH ?? '', HOME: env.HOME ?? '', GIT_CONFIG_NOSYSTEM: '1' },
    output: { kind: 'capture', maxBytes: 64 * 1024 },
    timeoutMs: 60_000,
    killAfterMs: 5_000,
  });
  if (result.kind === 'exited' && result.code === 0) return;
  const reason = result.kind === 'not_started' ? result.reason : result.stderr.trim();
  throw new PolderError('git_failed', `making the sample repository: ${reason}`);
}
