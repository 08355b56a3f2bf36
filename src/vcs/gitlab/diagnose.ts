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
  type Probe,
  problem,
  unseenWebhooks,
  warning,
} from '../index.ts';
import type { GitlabClient } from './client.ts';
import { accessSchema, hookSchema, metadataSchema, tokenSchema } from './schemas.ts';
import type { GitlabSite } from './site.ts';

export type GitlabDiagnosis = {
  readonly client: GitlabClient;
  readonly site: GitlabSite;
  /** `--gitlab-user` */
  readonly user: string;
  readonly hasSecret: boolean;
  readonly order: DiagnosisOrder;
  readonly now: () => number;
  /** Asks without credentials. */
  readonly probe: (url: string) => Promise<Probe>;
};

const secretFlag = '--gitlab-webhook-secret';
const oldestVersion = [15, 7] as const;
/** https://docs.gitlab.com/api/access_requests/#valid-access-levels */
const developer = 30;
const soonMs = 14 * 86_400_000;

/** Connection, version, token; of one project, whether it can be worked with, and its webhook. */
export async function diagnose(of: GitlabDiagnosis): Promise<Finding[]> {
  const { site, order } = of;
  const probe = await of.probe(`${site.origin}${site.path}/api/v4/metadata`);
  if (probe.kind === 'unreachable') return [probe.finding];
  const secret = of.hasSecret ? [] : [missingSecret(secretFlag)];
  const account = await diagnoseAccount(of);
  const findings = [...probe.findings, ...account.findings, ...secret];
  if (order.repo === null || !account.works) return findings;
  return [...findings, ...(await diagnoseProject(of, order.repo))];
}

const userSchema = z.object({ username: z.string() });

async function diagnoseAccount(of: GitlabDiagnosis): Promise<{ works: boolean; findings: Finding[] }> {
  const about = 'token';
  try {
    const { username } = await of.client.ask('reading our user', (api) => api.users.showCurrentUser(), userSchema);
    const account = judgeLogin(username, of.user, '--gitlab-user');
    return { works: true, findings: [...(await diagnoseVersion(of)), account, await diagnoseToken(of)] };
  } catch (error) {
    const remedy = 'make a token with the scope api that is valid, and set --gitlab-token';
    return { works: false, findings: [explainFailure(about, error, remedy)] };
  }
}

async function diagnoseVersion({ client }: GitlabDiagnosis): Promise<Finding[]> {
  const { version } = await client.ask('reading the version', (api) => api.metadata.show(), metadataSchema);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > oldestVersion[0] || (major === oldestVersion[0] && minor >= oldestVersion[1]);
  if (isNew) return [ok('version', `GitLab ${version}`)];
  return [problem('version', `GitLab ${version} is too old`, `use GitLab ${oldestVersion.join('.')} or newer`)];
}

/** https://docs.gitlab.com/api/personal_access_tokens/#retrieve-the-current-personal-access-token: of every kind of token */
async function diagnoseToken({ client, now }: GitlabDiagnosis): Promise<Finding> {
  const about = 'token scopes';
  try {
    const token = await client.ask('reading our token', (api) => api.tokens.show(), tokenSchema);
    const scopes = token.scopes ?? [];
    if (!scopes.includes('api')) {
      return problem(about, `are ${scopes.join(', ')}: api is missing`, 'make a token with the scope api');
    }
    const end = Date.parse(token.expires_at ?? '');
    if (end - now() < soonMs) {
      return warning(
        about,
        `are ${scopes.join(', ')}, until ${token.expires_at}`,
        'rotate the token before it expires',
      );
    }
    return ok(about, `are ${scopes.join(', ')}${token.expires_at ? `, until ${token.expires_at}` : ''}`);
  } catch (error) {
    if (!isStatus(error, 400, 401, 403, 404)) return explainFailure(about, error, 'try again');
    return warning(about, 'are not told by this GitLab', 'see that the token has the scope api');
  }
}

async function diagnoseProject(of: GitlabDiagnosis, fullName: string): Promise<Finding[]> {
  const about = 'repository';
  try {
    const read = (api: Parameters<Parameters<GitlabClient['find']>[1]>[0]) => api.projects.show(fullName);
    const project = await of.client.find('reading a project', read, accessSchema);
    if (!project) {
      const remedy = 'check its name, and make the account a member with the role Developer';
      return [problem(about, `${fullName} is not there for this token`, remedy)];
    }
    const { project_access: own, group_access: ofGroup } = project.permissions ?? {};
    const level = Math.max(own?.access_level ?? 0, ofGroup?.access_level ?? 0);
    const name = project.path_with_namespace;
    const access =
      // What a member of a group above the group may do is not told here.
      level === 0
        ? ok(about, `${name} can be read`)
        : judgeWriteAccess(name, level >= developer, 'give the account the role Developer');
    return [access, ...(await diagnoseWebhooks(of, project.id))];
  } catch (error) {
    return [explainFailure(about, error, 'check what the token may do')];
  }
}

async function diagnoseWebhooks(of: GitlabDiagnosis, projectId: number): Promise<Finding[]> {
  const { client, order, hasSecret } = of;
  const events = ['Merge request events', 'Comments'];
  const wanted = { url: order.webhookUrl, events, hasSecret, secretFlag, elsewhere: 'the group' };
  try {
    const { items } = await client.list('reading webhooks', (api, page) => api.hooks.all(projectId, page), hookSchema);
    return judgeWebhooks(items.map(seenWebhook), wanted);
  } catch (error) {
    if (!isStatus(error, 401, 403, 404)) return [explainFailure('webhook', error, 'try again')];
    return [unseenWebhooks('only the role Maintainer may', wanted)];
  }
}

/** https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks tells of failures by `alert_status`. */
function seenWebhook(hook: z.infer<typeof hookSchema>) {
  const status = hook.alert_status ?? 'executable';
  return {
    url: hook.url,
    active: status !== 'disabled',
    events: [
      ...(hook.merge_requests_events ? ['Merge request events'] : []),
      ...(hook.note_events ? ['Comments'] : []),
    ],
    hasSecret: null,
    checksCertificates: hook.enable_ssl_verification ?? null,
    lastFailure: status === 'temporarily_disabled' ? 'GitLab has switched it off for a while' : null,
  };
}
