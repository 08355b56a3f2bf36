import type { FakePipeline, FakeProject, FakeStatus } from './state.ts';

type Setting = {
  readonly sha: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly newId: () => number;
};

type Refused = { readonly refused: number; readonly message: string };

/**
 * Sets a status as GitLab does: one that is under way changes, one that has ended is followed by another of its name;
 * and there is no change from a state to itself. Without a pipeline there is made one for the ref.
 */
export function setStatus(project: FakeProject, setting: Setting): FakeStatus | Refused {
  const { sha, body, newId } = setting;
  const pipeline = pipelineOf(project, setting);
  if (!pipeline) return { refused: 404, message: '404 Pipeline Not Found' };
  const state = String(body.state);
  const texts = { description: textOf(body.description), targetUrl: textOf(body.target_url) };
  const ofName = project.statuses.filter(({ name, pipelineId }) => name === body.name && pipelineId === pipeline.id);
  const underWay = ofName.find(({ status }) => status === 'running' || status === 'pending');
  if (!underWay) {
    project.statuses.splice(0, project.statuses.length, ...project.statuses.filter((one) => !ofName.includes(one)));
    const { id: pipelineId, ref } = pipeline;
    const status = {
      id: newId(),
      sha,
      ref,
      name: String(body.name),
      pipelineId,
      allowFailure: false,
      status: state,
      ...texts,
    };
    project.statuses.push(status);
    return status;
  }
  Object.assign(underWay, texts);
  if (state === underWay.status) {
    const message = `Cannot transition status via :run from :${state} (Reason(s): Status cannot transition via "run")`;
    return { refused: 400, message };
  }
  underWay.status = state;
  return underWay;
}

function pipelineOf({ pipelines }: FakeProject, { sha, body, newId }: Setting): FakePipeline | undefined {
  const ofSha = pipelines.filter((one) => one.sha === sha);
  if (body.pipeline_id !== undefined) return ofSha.find(({ id }) => id === body.pipeline_id);
  const ofRef = ofSha.findLast(({ ref }) => ref === body.ref);
  if (ofRef) return ofRef;
  const made = { id: newId(), sha, ref: String(body.ref), status: 'running' };
  pipelines.push(made);
  return made;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
