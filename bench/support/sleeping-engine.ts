import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A program that acts like Terraform as far as a plan or an apply goes, and does nothing but sleep. */
export async function sleepingEngine(dir: string, seconds: number): Promise<string> {
  const path = join(dir, 'terraform');
  const script = `#!/bin/sh
[ "$1" = version ] && { echo 'Terraform v1.9.9'; exit 0; }
sleep ${seconds}
case $1 in
init) echo 'Terraform has been successfully initialized!' ;;
plan)
  while [ "$1" != -out ]; do shift; done
  echo plan > "$2"
  echo 'Plan: 1 to add, 0 to change, 0 to destroy.'
  exit 2 ;;
apply) echo 'Apply complete! Resources: 1 added, 0 changed, 0 destroyed.' ;;
show) echo '{"format_version":"1.2"}' ;;
esac
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}
