import { containedPath } from '../../git/index.ts';
import { readRootModule } from '../../terraform/index.ts';
import type { RunDeps } from '../deps.ts';
import type { StartedJob, StepsResult } from '../job-context.ts';
import { noteJob } from '../job-files.ts';
import type { Place } from './engine-step.ts';

export type ChosenPlace =
  | { readonly kind: 'chosen'; readonly place: Place }
  | { readonly kind: 'ended'; readonly result: StepsResult };

/** The job's folder in the run's checkout, and the engine that the project asks for. */
export async function choosePlace(deps: RunDeps, started: StartedJob): Promise<ChosenPlace> {
  const { project } = started.job;
  const checkout = await started.checkouts.get(project.workspace);
  const folder = containedPath(checkout.dir, project.dir);
  if (folder.kind === 'outside') {
    return failed('path_outside', `project folder "${project.dir}" leads out of the repository through a link`);
  }
  if (folder.kind === 'missing') return failed('path_outside', `dir "${project.dir}" does not exist`);
  const projectDir = folder.path;
  noteJob(started.files, { checkout, projectDir, state: null });
  const distribution = project.distribution ?? deps.settings.defaultDistribution;
  const configuration = readRootModule(folder.path, distribution);
  const version = project.terraformVersion ?? (await deps.configurationReader.requiredVersion(configuration));
  const found = await deps.engines.find({ distribution: project.distribution, version });
  if (found.kind === 'not_found') return failed('engine_not_found', found.message);
  return { kind: 'chosen', place: { checkout, projectDir, configuration, engine: found.engine } };
}

function failed(code: string, message: string): ChosenPlace {
  return { kind: 'ended', result: { outcome: { kind: 'failed', code, message }, output: '' } };
}
