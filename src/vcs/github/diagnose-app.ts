import { z } from 'zod';
import { explainFailure, type Finding, judgeWebhooks, ok, problem } from '../index.ts';
import { type GithubDiagnosis, neededEvents, secretFlag } from './diagnosis.ts';
import { deliverySchema, webhookConfigSchema } from './schemas.ts';

const appSchema = z.object({ slug: z.string(), html_url: z.string(), events: z.array(z.string()) });
const installationSchema = z.object({ id: z.number(), permissions: z.record(z.string(), z.string()) });
type Installation = z.infer<typeof installationSchema>;

/** Without these, what the server does by itself goes wrong. */
const neededWrites = ['contents', 'issues', 'pull_requests', 'statuses'];

/** 403 is for repos that are not on the allow-list, and the app may be installed on such. */
const expectedAnswers = [200, 403];

type Asking = GithubDiagnosis & { readonly headers: { readonly authorization: string } };

/** The app, its installation and what that was given, and its webhook, which serves all repos. */
export async function diagnoseApp(of: GithubDiagnosis): Promise<{ works: boolean; findings: Finding[] }> {
  const about = 'app';
  try {
    const headers = (await of.client.auth.asApp?.()) ?? { authorization: '' };
    const app = await of.client.ask('GET /app', { headers }, appSchema);
    const asking = { ...of, headers };
    const { installation, findings } = await diagnoseInstallation(asking);
    const webhook = await diagnoseAppWebhook(asking, app.events);
    return {
      works: installation !== undefined,
      findings: [ok(about, `is ${app.slug}`), ...judgeSlug(of, app.slug), ...findings, ...webhook],
    };
  } catch (error) {
    const remedy = 'check --gh-app-id, and that the key is one of that app and still valid';
    return { works: false, findings: [explainFailure(about, error, remedy)] };
  }
}

function judgeSlug({ options: { credentials } }: GithubDiagnosis, slug: string): Finding[] {
  const configured = credentials.kind === 'app' ? credentials.slug : null;
  if (configured === null || configured === slug) return [];
  return [problem('app', `--gh-app-slug is ${configured}`, `set --gh-app-slug to ${slug}, or leave it out`)];
}

async function diagnoseInstallation(asking: Asking) {
  const { client, headers, options, order } = asking;
  const about = 'app installation';
  const { credentials } = options;
  const wanted = credentials.kind === 'app' ? credentials.installationId : null;
  const all = await client.ask('GET /app/installations', { headers, per_page: 100 }, z.array(installationSchema));
  const installation = wanted === null ? only(all) : all.find(({ id }) => id === wanted);
  if (installation) {
    return { installation, findings: judgePermissions(installation, order.usesTeams) };
  }
  const ids = all.map(({ id }) => id).join(', ');
  const findings =
    all.length === 0
      ? [problem(about, 'there is none', 'install the app on the repositories that it is to work with')]
      : [problem(about, `there are ${ids}`, 'set --gh-app-installation-id to the one that is meant')];
  return { installation: undefined, findings };
}

function only<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function judgePermissions({ id, permissions }: Installation, usesTeams: boolean): Finding[] {
  const about = 'app permissions';
  const missing = neededWrites.filter((name) => permissions[name] !== 'write').map((name) => `${name}: write`);
  if (usesTeams && permissions.members === undefined) missing.push('members: read');
  if (missing.length === 0) return [ok(about, `installation ${id} has what is needed`)];
  const remedy = "give the app these permissions, and let the organisation's owner accept them";
  return [problem(about, `installation ${id} lacks ${missing.join(', ')}`, remedy)];
}

async function diagnoseAppWebhook({ client, headers, options, order }: Asking, events: readonly string[]) {
  try {
    const config = await client.ask('GET /app/hook/config', { headers }, webhookConfigSchema);
    const route = 'GET /app/hook/deliveries';
    const [newest] = await client.ask(route, { headers, per_page: 1 }, z.array(deliverySchema));
    const hook = {
      url: config.url ?? '',
      active: true,
      events,
      hasSecret: config.secret !== undefined,
      checksCertificates: String(config.insecure_ssl ?? '0') === '0',
      lastFailure:
        newest && !expectedAnswers.includes(newest.status_code) ? `${newest.status_code} ${newest.status}` : null,
    };
    return judgeWebhooks([hook], {
      url: order.webhookUrl,
      events: neededEvents,
      hasSecret: options.webhookSecret !== null,
      secretFlag,
      elsewhere: 'each repository',
    });
  } catch (error) {
    return [explainFailure('webhook', error, "look at the app's settings")];
  }
}
