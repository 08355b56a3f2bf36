import {
  type DiagnosisOrder,
  explainFailure,
  type Finding,
  isStatus,
  judgeLogin,
  judgeWebhooks,
  judgeWriteAccess,
  missingSecret,
  ok,
  type Probe,
  problem,
  unseenWebhooks,
  warning,
} from '../index.ts';
import type { GiteaClient } from './client.ts';
import { accessSchema, hookSchema, userSchema, versionSchema } from './schemas.ts';

export type GiteaDiagnosis = {
  readonly client: GiteaClient;
  readonly options: { readonly baseUrl: string; readonly user: string; readonly webhookSecret: string | null };
  readonly order: DiagnosisOrder;
  /** Asks without credentials. */
  readonly probe: (url: string) => Promise<Probe>;
};

const secretFlag = '--gitea-webhook-secret';
const events = ['pull_request', 'pull_request_sync', 'pull_request_comment'];

/** Connection and token; of one repo, whether it can be worked with, and its webhook. */
export async function diagnose(of: GiteaDiagnosis): Promise<Finding[]> {
  const { options, order } = of;
  const probe = await of.probe(`${options.baseUrl.replace(/\/+$/, '')}/api/v1/version`);
  if (probe.kind === 'unreachable') return [probe.finding];
  const secret = options.webhookSecret === null ? [missingSecret(secretFlag)] : [];
  const account = await diagnoseToken(of);
  const findings = [...probe.findings, ...account.findings, ...secret];
  if (order.repo === null || !account.works) return findings;
  return [...findings, ...(await diagnoseRepo(of, order.repo))];
}

async function diagnoseToken({ client, options }: GiteaDiagnosis): Promise<{ works: boolean; findings: Finding[] }> {
  const about = 'token';
  try {
    const { version } = await client.ask('GET /version', {}, versionSchema);
    const { login } = await client.ask('GET /user', {}, userSchema);
    return { works: true, findings: [ok('version', version), judgeLogin(login, options.user, '--gitea-user')] };
  } catch (error) {
    // Only this look at ourselves needs a permission for users.
    if (isStatus(error, 403)) {
      const remedy = `see that it is one of ${options.user}; to have it checked here, let it read the user`;
      return { works: true, findings: [warning(about, 'may not tell whose it is', remedy)] };
    }
    const remedy = 'make a token that may read and write repositories and issues, and set --gitea-token';
    return { works: false, findings: [explainFailure(about, error, remedy)] };
  }
}

async function diagnoseRepo(of: GiteaDiagnosis, fullName: string): Promise<Finding[]> {
  const about = 'repository';
  try {
    const repo = await of.client.find('GET /repos/{fullName}', { fullName }, accessSchema);
    if (!repo) {
      const remedy = 'check its name, and give the account access to it';
      return [problem(about, `${fullName} is not there for this token`, remedy)];
    }
    const mayWrite = repo.permissions?.push !== false;
    const access = judgeWriteAccess(repo.full_name, mayWrite, 'give the account write access to it');
    return [access, ...(await diagnoseWebhooks(of, fullName))];
  } catch (error) {
    return [explainFailure(about, error, 'let the token read and write repositories')];
  }
}

/** Gitea tells neither whether a webhook has a secret nor how its deliveries ended. */
async function diagnoseWebhooks({ client, options, order }: GiteaDiagnosis, fullName: string): Promise<Finding[]> {
  const hasSecret = options.webhookSecret !== null;
  const elsewhere = 'the organisation or the whole server';
  const wanted = { url: order.webhookUrl, events, hasSecret, secretFlag, elsewhere };
  const unknown = { hasSecret: null, checksCertificates: null, lastFailure: null };
  try {
    const { items } = await client.list('GET /repos/{fullName}/hooks', { fullName }, hookSchema);
    const seen = items.map((hook) => ({
      ...unknown,
      url: hook.config?.url ?? '',
      active: hook.active,
      events: hook.events,
    }));
    return judgeWebhooks(seen, wanted);
  } catch (error) {
    if (!isStatus(error, 403, 404)) return [explainFailure('webhook', error, 'try again')];
    return [unseenWebhooks('only administrators of the repository may', wanted)];
  }
}
