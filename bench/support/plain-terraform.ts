import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** As `src/terraform/run-engine.ts` has it. */
const engineEnvironment = { TF_IN_AUTOMATION: 'true', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' };
const steps =
  'cd "$1" && terraform init -input=false -upgrade > init.out 2>&1 && ' +
  '{ terraform plan -input=false -refresh -detailed-exitcode -out plan.tfplan > plan.out 2>&1 || test $? = 2; }';

export function folders(count: number): string[] {
  return Array.from({ length: count }, (_none, index) => folderOf(index));
}

export function folderOf(index: number): string {
  return `project-${String(index).padStart(3, '0')}`;
}

export function mainFile(index: number): string {
  return ['a', 'b', 'c']
    .map((name) => `resource "terraform_data" "${name}" {\n  input = "${name}-${index}"\n}\n`)
    .join('\n');
}

/** Runs `init` and `plan` in a copy of these folders with xargs. In milliseconds. */
export async function planPlainly(work: {
  readonly dir: string;
  readonly source: string;
  readonly folders: readonly string[];
  readonly atOnce: number;
}): Promise<number> {
  const copy = join(work.dir, 'plain');
  await cp(work.source, copy, { recursive: true });
  const begun = performance.now();
  const xargs = spawn('xargs', [`-P${work.atOnce}`, '-I{}', 'sh', '-c', steps, 'sh', '{}'], {
    cwd: copy,
    env: { ...process.env, ...engineEnvironment },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  xargs.stdin?.end(work.folders.map((folder) => `${folder}\n`).join(''));
  const [code] = (await once(xargs, 'exit')) as [number];
  if (code !== 0) throw new Error(`xargs ended with ${code}`);
  const ms = performance.now() - begun;
  await rm(copy, { recursive: true });
  return ms;
}
