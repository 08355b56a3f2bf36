import { z } from 'zod';
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
  problem,
  unseenWebhooks,
  warning,
} from '../index.ts';
import { apiUrl } from './client.ts';
import { diagnoseApp } from './diagnose-app.ts';
import { type GithubDiagnosis, neededEvents, secretFlag } from './diagnosis.ts';
import { repoParameters } from './pull-reads.ts';
import { webhookSchema } from './schemas.ts';

/** Connection, credentials and what they may do; of one repo, whether it can be worked with, and its webhook. */
export async function diagnose(of: GithubDiagnosis): Promise<Finding[]> {
  const { options, order } = of;
  const probe = await of.probe(`${apiUrl(options.hostname)}/meta`);
  if (probe.kind === 'unreachable') return [probe.finding];
  const secret = options.webhookSecret === null ? [missingSecret(secretFlag)] : [];
  const account = of.client.auth.asApp ? await diagnoseApp(of) : await diagnoseToken(of);
  const findings = [...probe.findings, ...account.findings, ...secret];
  if (order.repo === null || !account.works) return findings;
  return [...findings, ...(await diagnoseRepo(of, order.repo))];
}

const userSchema = z.object({ login: z.string() });

async function diagnoseToken({ client, options, order }: GithubDiagnosis) {
  const about = 'token';
  try {
    const { data, headers } = await client.look('GET /user', {}, userSchema);
    const configured = await client.auth.ownLogin();
    const account = judgeLogin(data.login, configured, '--gh-user');
    return { works: true, findings: [account, ...judgeScopes(headers['x-oauth-scopes'], order)] };
  } catch (error) {
    const remedy = `make a token of ${options.hostname} that is valid, and set --gh-token or --gh-token-file`;
    return { works: false, findings: [explainFailure(about, error, remedy)] };
  }
}

/**
 * Classic tokens tell their scopes in a header; fine-grained ones have permissions, which nothing tells.
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
function judgeScopes(header: string | number | undefined, { usesTeams }: DiagnosisOrder): Finding[] {
  const about = 'token scopes';
  const scopes = String(header ?? '').split(/[ ,]+/);
  if (header === undefined || header === '') {
    const remedy = 'see that it may read and write contents, pull requests and commit statuses';
    return [warning(about, 'are not told, as of every fine-grained token', remedy)];
  }
  if (!scopes.includes('repo')) {
    const isPublic = scopes.includes('public_repo');
    const text = `are ${scopes.join(', ')}: repo is missing`;
    const remedy = 'give the token the scope repo';
    return [
      isPublic
        ? warning(about, `${text}, so that private repositories cannot be read`, remedy)
        : problem(about, text, remedy),
    ];
  }
  if (usesTeams && !scopes.some((scope) => /^(read|write|admin):org$/.test(scope))) {
    return [problem(about, 'lack read:org, which --gh-team-allowlist needs', 'give the token the scope read:org')];
  }
  return [ok(about, `are ${scopes.join(', ')}`)];
}

const permissionsSchema = z.object({
  full_name: z.string(),
  permissions: z.object({ push: z.boolean().optional() }).optional(),
});

async function diagnoseRepo(of: GithubDiagnosis, fullName: string): Promise<Finding[]> {
  const { client } = of;
  const about = 'repository';
  try {
    const repo = await client.find('GET /repos/{owner}/{repo}', repoParameters(fullName), permissionsSchema);
    if (!repo) {
      const remedy = client.auth.asApp ? 'install the app on it' : 'give the account access to it';
      return [problem(about, `${fullName} is not there for these credentials`, `check its name, and ${remedy}`)];
    }
    if (repo.full_name.toLowerCase() !== fullName.toLowerCase()) {
      return [problem(about, `${fullName} is ${repo.full_name} there`, `call it ${repo.full_name}`)];
    }
    const mayWrite = client.auth.asApp !== null || repo.permissions?.push === true;
    const access = judgeWriteAccess(repo.full_name, mayWrite, 'give the account write access to it');
    // The webhook of an app is the app's.
    return [access, ...(client.auth.asApp ? [] : await diagnoseWebhooks(of, fullName))];
  } catch (error) {
    return [explainFailure(about, error, 'check what the credentials may do')];
  }
}

/** A webhook that was never used has no code, or 0; one that GitHub could not deliver has 0, too, or 5xx. */
function failureOf({ code, status, message }: z.infer<typeof webhookSchema>['last_response']): string | null {
  if (code === null || status === 'unused' || (code >= 200 && code < 300)) return null;
  return `${code === 0 ? (status ?? '') : code} ${message ?? ''}`.trim();
}

async function diagnoseWebhooks({ client, options, order }: GithubDiagnosis, fullName: string): Promise<Finding[]> {
  const wanted = {
    url: order.webhookUrl,
    events: neededEvents,
    hasSecret: options.webhookSecret !== null,
    secretFlag,
    elsewhere: 'the organisation',
  };
  try {
    const { items } = await client.list('GET /repos/{owner}/{repo}/hooks', repoParameters(fullName), webhookSchema);
    const seen = items.map(({ active, events, config, last_response: last }) => ({
      url: config.url ?? '',
      active,
      events,
      hasSecret: config.secret !== undefined,
      checksCertificates: String(config.insecure_ssl ?? '0') === '0',
      lastFailure: failureOf(last),
    }));
    return judgeWebhooks(seen, wanted);
  } catch (error) {
    // GitHub answers 404 to those who may not see them.
    if (!isStatus(error, 403, 404)) return [explainFailure('webhook', error, 'try again')];
    return [unseenWebhooks('only administrators of the repository may, with the scope read:repo_hook', wanted)];
  }
}
