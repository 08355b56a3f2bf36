import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { parseAllowList } from '../../access/index.ts';
import { countBranches, type GitDeps } from '../../git/index.ts';
import { errorText } from '../../lib/errors.ts';
import { type Finding, type Hosts, ok, problem, type VcsHost, warning } from '../../vcs/index.ts';
import type { Doctor } from './doctor.ts';

/** Each host by itself: what it says, and whether git gets at the repository that was named. */
export async function* lookAtHosts(doctor: Doctor, hosts: Hosts, git: GitDeps | undefined): AsyncGenerator<Finding> {
  if (hosts.all.length === 0) {
    const remedy = 'set up GitHub, GitLab or Gitea, or name --local-repos-dir';
    yield problem('hosts', 'there is none that this version works with', remedy);
    return;
  }
  const named = doctor.repo === '' ? undefined : namedRepo(doctor.repo, hosts);
  if (named === 'malformed') {
    yield problem('repository', `${doctor.repo} is no name of one`, 'write --repo owner/name, such as acme/infra');
  }
  if (named === 'unclear') {
    const names = hosts.all.map(({ hostname }) => hostname).join(', ');
    yield problem('repository', 'there are several hosts', `name one of ${names}: --repo <host>/${doctor.repo}`);
  }
  for (const host of hosts.all) {
    const repo = typeof named === 'object' && named.host === host ? named.fullName : null;
    const findings = lookAtHost(doctor, host, { repo, git });
    for await (const finding of findings) yield { ...finding, about: `${host.hostname} ${finding.about}` };
  }
}

type Looking = { readonly repo: string | null; readonly git: GitDeps | undefined };

async function* lookAtHost(doctor: Doctor, host: VcsHost, { repo, git }: Looking): AsyncGenerator<Finding> {
  const { options } = doctor;
  if (host.type === 'Local') yield await lookAtReposDir(options.localReposDir);
  if (repo !== null) yield lookAtAllowList(options.repoAllowlist, host, repo);
  const order = {
    repo,
    webhookUrl: `${options.atlantisUrl}/events`,
    usesTeams: options.ghTeamAllowlist !== '' || options.gitlabGroupAllowlist !== '',
  };
  if (host.diagnose) yield* await host.diagnose(order);
  if (repo !== null && git) yield* await lookWithGit(host, repo, git);
  if (repo === null && host.diagnose && doctor.repo === '') {
    const remedy = 'name one with --repo owner/name, to have its webhook looked at, too';
    yield warning('repository', 'none was looked at', remedy);
  }
}

/** `host/owner/name`, or `owner/name` where one host alone can be meant. */
function namedRepo(text: string, hosts: Hosts): { host: VcsHost; fullName: string } | 'unclear' | 'malformed' {
  if (!/^[^/\s]+(\/[^/\s]+)+$/.test(text)) return 'malformed';
  const slash = text.indexOf('/');
  const named = hosts.byHostname(text.slice(0, Math.max(slash, 0)));
  if (named) return { host: named, fullName: text.slice(slash + 1) };
  const [only, ...others] = hosts.all;
  return only && others.length === 0 ? { host: only, fullName: text } : 'unclear';
}

async function lookAtReposDir(dir: string): Promise<Finding> {
  const about = 'repositories';
  try {
    await access(dir, constants.R_OK | constants.X_OK);
    return ok(about, `are in ${dir}`);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing) return warning(about, `there is no ${dir} yet`, 'make it, or correct --local-repos-dir');
    return problem(about, errorText(error), 'give the account of the server access to it');
  }
}

function lookAtAllowList(rules: string, { hostname }: VcsHost, repo: string): Finding {
  const about = 'allow-list';
  const list = parseAllowList(rules);
  if (list.kind === 'invalid') return problem(about, list.message, 'correct --repo-allowlist');
  if (list.isAllowed(hostname, repo)) return ok(about, `${hostname}/${repo} is on it`);
  return problem(
    about,
    `${hostname}/${repo} is not on it`,
    `add a rule to --repo-allowlist, such as ${hostname}/${repo}`,
  );
}

/** Git has its own way to the host, with authorities and proxies of its own. */
async function lookWithGit(host: VcsHost, fullName: string, git: GitDeps): Promise<Finding[]> {
  const about = 'git';
  const repo = await host.findRepo(fullName).catch((error: unknown) => errorText(error));
  // A host that can be asked has told it already.
  if (typeof repo !== 'object') {
    if (host.diagnose) return [];
    return [problem('repository', repo ?? `there is no ${fullName}`, 'check its name')];
  }
  try {
    const branches = await countBranches(git, { id: 0, fullName: repo.fullName, source: repo.source });
    return [ok(about, `reads ${repo.fullName}: ${branches} ${branches === 1 ? 'branch' : 'branches'}`)];
  } catch (error) {
    const remedy = 'check that git gets there from this machine: over HTTPS, and through the proxies of HTTPS_PROXY';
    return [problem(about, errorText(error), remedy)];
  }
}
