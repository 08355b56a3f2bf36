import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitFiles, makeBranch, makeRepo } from '../../../test/support/git.ts';
import { listenOn, openTestApp, type TestApp } from '../../../test/support/http-app.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import { getRun, isEnd } from '../../runs/index.ts';

const config = 'version: 3\nprojects:\n- name: p0000\n  dir: p0000\n- name: broken\n  dir: broken\n';
const resource = (input: string) => `resource "terraform_data" "r" {
  input = "${input}"
}
output "r" {
  value = terraform_data.r.output
}
`;

const planText = `
Terraform used the selected providers to generate the following execution
plan. Resource actions are indicated with the following symbols:
+ create

Terraform will perform the following actions:

  # terraform_data.r will be created
+ resource "terraform_data" "r" {
      + id     = (known after apply)
      + input  = "v2"
      + output = (known after apply)
    }

Plan: 1 to add, 0 to change, 0 to destroy.

Changes to Outputs:
+ r = (known after apply)
`;

const projectResult = {
  Error: null,
  Failure: '',
  PlanSuccess: null,
  PolicyCheckSuccess: null,
  PolicyCheckResults: null,
  ApplySuccess: '',
  VersionSuccess: '',
  ImportSuccess: null,
  StateRmSuccess: null,
  Command: 1,
  SubCommand: '',
  RepoRelDir: 'p0000',
  Workspace: 'default',
  ProjectName: 'p0000',
  SilencePRComments: null,
};
const result = { Error: null, Failure: '', PlansDeleted: false };
const planSuccess = {
  TerraformOutput: planText,
  LockURL: 'http://polder.test/lock?id=acme%252Fp1%252Fp0000%252Fdefault%252Fp0000',
  RePlanCmd: 'atlantis plan -p p0000',
  ApplyCmd: 'atlantis apply -p p0000',
  HasDiverged: false,
  MergedAgain: false,
};
const planned = { ...result, ProjectResults: [{ ...projectResult, PlanSuccess: planSuccess }] };

let shared: TestApp;
let port: number;
beforeAll(async () => {
  shared = await openTestApp({ works: true });
  ({ port } = await listenOn(shared.app));
  const p1 = join(shared.reposDir, 'acme/p1');
  await makeRepo(p1, { 'atlantis.yaml': config, 'p0000/main.tf': resource('v1'), 'broken/main.tf': 'output "o" {}\n' });
  await makeBranch(p1, 'change');
  await commitFiles(p1, { 'p0000/main.tf': resource('v2') });
});

const request = { Repository: 'acme/p1', Ref: 'change', Type: 'Local', Projects: ['p0000'] };

async function post(payload: object, options: { url?: string; headers?: Record<string, string> } = {}) {
  const headers = { 'content-type': 'application/json', 'x-atlantis-token': 's3cret', ...options.headers };
  const reply = await shared.app.inject({ method: 'POST', url: options.url ?? '/api/plan', headers, payload });
  return {
    status: reply.statusCode,
    headers: reply.headers,
    body: JSON.parse(engineNeutral(reply.body)),
    text: reply.body,
  };
}

function engineNeutral(text: string): string {
  return text.replaceAll('OpenTofu', 'Terraform');
}

describe('POST /api/plan', () => {
  it.each([
    ['a named project', request],
    [
      'a folder, with keys in other cases',
      {
        repository: 'acme/p1',
        REF: 'change',
        type: 'Local',
        paths: [{ DIRECTORY: './p0000//', workspace: 'default' }],
      },
    ],
    ['a branch, with the one that it will go to', { ...request, base_branch: 'main', PR: 0, Nope: 1 }],
  ])('plans %s', async (_title, payload) => {
    const reply = await post(payload);
    expect(reply.body).toEqual(planned);
    expect([reply.status, reply.headers['content-type'], reply.text.at(-1)]).toEqual([200, 'application/json', '\n']);
  });

  it('answers 500 with the reason in the result when a project fails', async () => {
    const reply = await post({ ...request, Projects: ['broken', 'p0000'] });
    expect(reply.status).toBe(500);
    const [broken, good] = reply.body.ProjectResults;
    expect(broken).toMatchObject({
      ...projectResult,
      RepoRelDir: 'broken',
      ProjectName: 'broken',
      Error: { Code: 'engine_failed' },
    });
    expect(broken.Error.Message).toMatch(/Missing required argument/);
    expect(good).toMatchObject({ Error: null, PlanSuccess: { TerraformOutput: planText } });
  });

  it('names the run in its headers', async () => {
    const reply = await post(request);
    const runId = Number(reply.headers['x-polder-run-id']);
    expect(reply.headers['x-polder-run-url']).toBe(`/api/runs/${runId}`);
    expect(await getRun(shared.deps.db, runId)).toMatchObject({ state: 'succeeded', actor: { login: 'atlantis-api' } });
  });

  it('answers at once when asked to, and the run goes on', async () => {
    const reply = await post(request, { url: '/api/plan?async=true' });
    const { id } = reply.body.run;
    expect([reply.status, reply.headers.location, reply.body.url]).toEqual([202, `/api/runs/${id}`, `/api/runs/${id}`]);
    expect(reply.body.run).toMatchObject({ kind: 'plan', ref: 'change', trigger: 'api', pull_number: null });
    await untilEnded(id);
    expect(await getRun(shared.deps.db, id)).toMatchObject({ state: 'succeeded' });
  });

  it('goes on when the client hangs up', async () => {
    const headers = { 'x-atlantis-token': 's3cret', 'idempotency-key': randomUUID() };
    const sent = httpRequest({ port, path: '/api/plan', method: 'POST', headers, agent: false });
    sent.on('error', () => undefined);
    sent.end(JSON.stringify(request));
    const id = await waitFor('the run', async () => {
      const row = shared.deps.db.query
        .selectFrom('runs')
        .select('id')
        .where('idempotency_key', '=', headers['idempotency-key']);
      return (await row.executeTakeFirst())?.id;
    });
    sent.destroy();
    await untilEnded(id);
    expect(await getRun(shared.deps.db, id)).toMatchObject({ state: 'succeeded' });
  });
});

describe('Idempotency-Key', () => {
  it('gives the same run to the same request', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await post(request, { headers });
    const again = await post(request, { headers });
    expect(again.body).toEqual(first.body);
    expect(again.headers['x-polder-run-id']).toBe(first.headers['x-polder-run-id']);
    expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([undefined, 'true']);
  });

  it('is refused for another request', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await post(request, { headers, url: '/api/plan?async=true' });
    const other = await post({ ...request, Ref: 'main' }, { headers });
    expect(other.status).toBe(422);
    expect(other.body.error).toContain(`run ${first.body.run.id}`);
    const otherRoute = await post(request, { headers, url: '/api/apply' });
    expect(otherRoute.status).toBe(422);
    await untilEnded(first.body.run.id);
  });

  it.each([[''], ['a b'], ['x'.repeat(256)], ['\u00e9']])('has a form (%j has not)', async (key) => {
    const reply = await post(request, { headers: { 'idempotency-key': key } });
    const error = 'header Idempotency-Key must have 1 to 255 visible ASCII characters';
    expect([reply.status, reply.body]).toEqual([400, { error }]);
  });
});

describe('POST /api/apply', () => {
  it('plans and applies, and tells what the apply said', async () => {
    const reply = await post(request, { url: '/api/apply' });
    const [{ ApplySuccess, ...applied }] = reply.body.ProjectResults;
    expect(applied).toEqual({ ...projectResult, Command: 0, ApplySuccess: undefined });
    expect(ApplySuccess).toMatch(
      /^terraform_data\.r: Creating\.\.\.\nterraform_data\.r: Creation complete after \d+s \[id=.*\]\n\nApply complete! Resources: 1 added, 0 changed, 0 destroyed\.\n\nOutputs:\n\nr = "v2"\n$/,
    );
    expect(reply.status).toBe(200);
    const second = await post(request);
    expect(second.body.ProjectResults[0].PlanSuccess.TerraformOutput).toContain('No changes.');
  });
});

async function untilEnded(runId: number): Promise<void> {
  await waitFor('the end of the run', async () => {
    const run = await getRun(shared.deps.db, runId);
    return run && isEnd(run.state);
  });
}
