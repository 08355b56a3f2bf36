import type { CommandView, ProjectReport, ReportedOutcome } from '../../src/comments/index.ts';

const options: CommandView['options'] = {
  executableName: 'atlantis',
  folding: true,
  diffMarkdown: false,
  hideUnchangedPlans: false,
  applyAllowed: true,
  applyAllAllowed: true,
  repoLocking: true,
};

type ViewChanges = {
  readonly options?: Partial<CommandView['options']>;
  readonly flavour?: Partial<CommandView['flavour']>;
  readonly ran?: { readonly plansDeleted?: boolean; readonly removedDirs?: readonly string[] };
  readonly resultsInList?: boolean;
  readonly log?: CommandView['log'];
  readonly templates?: CommandView['templates'];
};

/** A command that ran for these projects, as most servers are set up. */
export function ranView(
  command: CommandView['command'],
  projects: readonly ProjectReport[],
  changes: ViewChanges = {},
): CommandView {
  return {
    command,
    result: { kind: 'ran', projects, plansDeleted: false, removedDirs: [], ...changes.ran },
    resultsInList: changes.resultsInList ?? false,
    log: changes.log ?? null,
    options: { ...options, ...changes.options },
    templates: changes.templates ?? null,
    flavour: { folding: true, requestName: 'Pull Request', pullSign: '#', ...changes.flavour },
  };
}

/** A command that ran for nothing. */
export function stoppedView(
  command: CommandView['command'],
  result: Extract<CommandView['result'], { message: string }>,
): CommandView {
  return { ...ranView(command, []), result };
}

type Where = { readonly name?: string; readonly dir?: string; readonly workspace?: string };

/** A project's report; the root folder of `acme/infra` where nothing else is said. */
export function report(where: Where, outcome: ReportedOutcome, output = ''): ProjectReport {
  const { name = '', dir = '.', workspace = 'default' } = where;
  const target = name === '' ? `-d ${dir}` : `-p ${name}`;
  const lock = ['acme', 'infra', dir, workspace, name].join('%252F');
  return {
    project: { name, dir, workspace, silencePrComments: null },
    outcome,
    output,
    lockUrl: `https://polder.example.com/lock?id=${lock}`,
    planCommand: `atlantis plan ${target}`,
    applyCommand: `atlantis apply ${target}`,
    mergedAgain: false,
  };
}
