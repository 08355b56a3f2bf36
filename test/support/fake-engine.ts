import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testEngine } from './engine.ts';
import { temporaryDir } from './temp.ts';

/** One start of an engine, as its own diary has it. Times: nanoseconds. */
export type EngineStart = {
  /** Folder and workspace, such as `net@default`. */
  readonly project: string;
  /** `init`, `plan`, `apply`, `show`. */
  readonly command: string;
  readonly start: bigint;
  /** Undefined while it runs, or when it was killed. */
  readonly end: bigint | undefined;
};

export type DiaryEngine = {
  /** Absolute path of the program. */
  readonly binary: string;
  starts(): Promise<EngineStart[]>;
  /**
   * The marks that applies left, in order: `<mark>@<workspace>`. The fake engine takes the mark from the file `mark` in
   * the project's folder; with the real one the project leaves it by itself, by appending to `marksFile`.
   */
  marks(): Promise<string[]>;
  readonly marksFile: string;
  /** Whether a `fake.sh` has called `note` with this word. */
  hasNoted(word: string): Promise<boolean>;
};

const noteStart = (diary: string) => `
note() { echo "$1 $$ $command $(date +%s%N) \${WORKSPACE:-none} $PWD" >> '${diary}'; }
command=$1
note start
trap 'note end' EXIT`;

/**
 * A program that acts like Terraform as far as its callers can tell, at no cost: it plans to write a state that holds the
 * file \`mark\` of the project's folder, and does so. A file \`fake.sh\` in that folder, in the shell's language, is run
 * first and may sleep, print, ignore signals or exit; \`$command\` tells it for what, \`note word\` tells the test.
 */
export async function fakeEngine(): Promise<DiaryEngine> {
  return writeEngine(
    ({ diary, marks }) => `#!/bin/sh
[ "$1" = version ] && { echo 'Terraform v1.9.9'; exit 0; }
${noteStart(diary)}
trap 'exit 130' INT
state=terraform.tfstate
[ -n "$TF_WORKSPACE" ] && state=terraform.tfstate.d/$TF_WORKSPACE/terraform.tfstate
mark=$(cat mark 2>/dev/null)
[ -f fake.sh ] && . ./fake.sh
case $command in
init) echo 'Terraform has been successfully initialized!' ;;
plan)
  while [ "$1" != -out ]; do shift; done
  echo "$mark" > "$2"
  if grep -qs "\\"mark\\":\\"$mark\\"" "$state"; then
    echo 'No changes. Your infrastructure matches the configuration.'
  else
    echo 'Plan: 1 to add, 0 to change, 0 to destroy.'
    exit 2
  fi ;;
apply)
  echo "$mark@\${TF_WORKSPACE:-default}" >> '${marks}'
  serial=$(sed -n 's/.*"serial":\\([0-9]*\\).*/\\1/p' "$state" 2>/dev/null)
  lineage=$(sed -n 's/.*"lineage":"\\([^"]*\\)".*/\\1/p' "$state" 2>/dev/null)
  mkdir -p "$(dirname "$state")"
  echo "{\\"version\\":4,\\"serial\\":$((\${serial:-0} + 1)),\\"lineage\\":\\"\${lineage:-$$-$(date +%s%N)}\\",\\"mark\\":\\"$mark\\"}" > "$state"
  echo 'Apply complete! Resources: 1 added, 0 changed, 0 destroyed.' ;;
show) echo '{"format_version":"1.2"}' ;;
esac
`,
  );
}

/** The engine of this test run, which keeps a diary of its starts. */
export async function diaryOfEngine(): Promise<DiaryEngine> {
  const { binary } = testEngine();
  return writeEngine(
    ({ diary }) => `#!/bin/sh
[ "$1" = version ] && exec '${binary}' "$@"
${noteStart(diary)}
# The engine gets the signal itself; its end is to be noted.
trap : INT
'${binary}' "$@"
`,
  );
}

async function writeEngine(script: (files: { diary: string; marks: string }) => string): Promise<DiaryEngine> {
  const dir = await temporaryDir();
  const files = { diary: join(dir, 'diary'), marks: join(dir, 'marks') };
  const binary = join(dir, 'terraform');
  await writeFile(binary, script(files));
  await chmod(binary, 0o755);
  return {
    binary,
    marksFile: files.marks,
    starts: async () => readDiary(await linesOf(files.diary)),
    marks: () => linesOf(files.marks),
    hasNoted: async (word) => (await linesOf(files.diary)).some((line) => line.startsWith(`${word} `)),
  };
}

async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

function readDiary(lines: readonly string[]): EngineStart[] {
  const notes = lines.map((line) => {
    const [kind, pid, command = '', time = '0', workspace, dir = ''] = line.split(' ');
    return { kind, pid, command, time: BigInt(time), project: `${folderInRepo(dir)}@${workspace}` };
  });
  return notes.flatMap(({ kind, ...note }, index) => {
    if (kind !== 'start') return [];
    const end = notes.slice(index).find((one) => one.kind === 'end' && one.pid === note.pid);
    return [{ project: note.project, command: note.command, start: note.time, end: end?.time }];
  });
}

/** Checkouts are folders called `tree`. */
function folderInRepo(dir: string): string {
  return dir.replace(/^.*\/tree(\/|$)/, '') || '.';
}

/** Pairs of starts on the same project of which the second began before the first had ended. */
export function overlaps(starts: readonly EngineStart[]): [EngineStart, EngineStart][] {
  const projects = new Set(starts.map((one) => one.project));
  return [...projects].flatMap((project) => {
    const ofProject = starts.filter((one) => one.project === project);
    const inOrder = ofProject.toSorted((a, b) => Number(a.start - b.start));
    return inOrder.slice(1).flatMap((next, index): [EngineStart, EngineStart][] => {
      const before = inOrder[index];
      return before && (before.end === undefined || before.end > next.start) ? [[before, next]] : [];
    });
  });
}
