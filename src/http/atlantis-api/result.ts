import { z } from 'zod';
import { type Command, describeCommand } from '../../commands/index.ts';
import type { lockNameOnHost } from '../../locks/index.ts';
import { type Job, type JobOutcome, lockUrl, type RunWithJobs } from '../../runs/index.ts';
import type { HttpSettings } from '../deps.ts';

/** The command of a result as a number (https://www.runatlantis.io/docs/api-endpoints). */
const commandNumbers = { apply: 0, plan: 1, version: 6, import: 7, state_rm: 8 } as const;

const planSuccess = z.object({
  TerraformOutput: z.string(),
  LockURL: z.string(),
  RePlanCmd: z.string(),
  ApplyCmd: z.string(),
  HasDiverged: z.boolean(),
  MergedAgain: z.boolean(),
});

const stateSuccess = z.object({ Output: z.string(), RePlanCmd: z.string() });

const projectResult = z.object({
  Error: z.object({ Message: z.string(), Code: z.string() }).nullable(),
  Failure: z.string(),
  PlanSuccess: planSuccess.nullable(),
  PolicyCheckSuccess: z.null(),
  PolicyCheckResults: z.null(),
  ApplySuccess: z.string(),
  VersionSuccess: z.string(),
  ImportSuccess: stateSuccess.nullable(),
  StateRmSuccess: stateSuccess.nullable(),
  Command: z.number().int(),
  SubCommand: z.string(),
  RepoRelDir: z.string(),
  Workspace: z.string(),
  ProjectName: z.string(),
  SilencePRComments: z.array(z.string()).nullable(),
});

/**
 * The result of a command: the fields of every version of Atlantis, so that a client of any of them finds its own.
 */
export const commandResult = z.object({
  Error: z.null(),
  Failure: z.string(),
  ProjectResults: z.array(projectResult),
  PlansDeleted: z.boolean(),
});

type ProjectResult = z.infer<typeof projectResult>;
type Settings = Pick<HttpSettings, 'baseUrl' | 'executableName'> & {
  /** How links name a lock. */
  readonly lockName: typeof lockNameOnHost;
};

/** The run as Atlantis would tell it. `outputs`: what each job answered with, by job id. */
export function toAtlantisResult(
  run: RunWithJobs,
  outputs: ReadonlyMap<number, string>,
  settings: Settings,
): z.infer<typeof commandResult> {
  const ProjectResults = run.jobs.map((job) =>
    toProjectResult(run, { job, output: outputs.get(job.id) ?? '' }, settings),
  );
  return { Error: null, Failure: '', ProjectResults, PlansDeleted: false };
}

type Ended = { readonly job: Job; readonly output: string };

function toProjectResult(run: RunWithJobs, ended: Ended, settings: Settings): ProjectResult {
  const { project } = ended.job;
  return {
    Error: null,
    Failure: '',
    PlanSuccess: null,
    PolicyCheckSuccess: null,
    PolicyCheckResults: null,
    ApplySuccess: '',
    VersionSuccess: '',
    ImportSuccess: null,
    StateRmSuccess: null,
    Command: commandNumbers[run.kind],
    SubCommand: '',
    RepoRelDir: project.dir,
    Workspace: project.workspace,
    ProjectName: project.name,
    SilencePRComments: project.silencePrComments && [...project.silencePrComments],
    ...outcomeFields(run, ended, settings),
  };
}

function outcomeFields(run: RunWithJobs, ended: Ended, settings: Settings): Partial<ProjectResult> {
  const { job, output } = ended;
  const outcome: JobOutcome | null = job.outcome;
  if (outcome === null) return { Failure: `run ${run.id} has not ended yet` };
  switch (outcome.kind) {
    case 'planned':
    case 'unchanged':
      return run.kind === 'apply' ? { ApplySuccess: output } : { PlanSuccess: toPlanSuccess(run, ended, settings) };
    case 'applied':
      return { ApplySuccess: output };
    case 'done':
      return doneFields(run.command, ended, settings);
    case 'refused':
      return { Failure: outcome.refusal.message };
    case 'cancelled':
      return { Failure: `cancelled by ${outcome.by}` };
    case 'failed':
      return { Error: { Message: withOutput(outcome.message, output), Code: outcome.code } };
    case 'interrupted':
      return { Error: { Message: withOutput(outcome.message, output), Code: 'interrupted' } };
  }
}

/** Of the commands that only pull requests know. */
function doneFields({ kind }: Command, { job, output }: Ended, settings: Settings): Partial<ProjectResult> {
  const success = { Output: output, RePlanCmd: rePlanCommand(job, settings) };
  if (kind === 'import') return { ImportSuccess: success };
  return kind === 'state_rm' ? { SubCommand: 'rm', StateRmSuccess: success } : { VersionSuccess: output };
}

/** What went wrong is told by the program, mostly. */
function withOutput(message: string, output: string): string {
  const text = output.trim();
  return text === '' ? message : `${message}\n${text}`;
}

function toPlanSuccess(run: RunWithJobs, { job, output }: Ended, settings: Settings): z.infer<typeof planSuccess> {
  const { dir, workspace, name } = job.project;
  const { host: repoHost, fullName: repoFullName } = run.repo;
  return {
    TerraformOutput: output,
    LockURL: lockUrl(settings, settings.lockName({ repoHost, repoFullName, dir, workspace, projectName: name })),
    RePlanCmd: rePlanCommand(job, settings),
    ApplyCmd: describeCommand(settings.executableName, { kind: 'apply', extraArgs: [] }, job.project),
    HasDiverged: false,
    MergedAgain: false,
  };
}

function rePlanCommand(job: Job, settings: Settings): string {
  return describeCommand(settings.executableName, { kind: 'plan', extraArgs: [] }, job.project);
}
