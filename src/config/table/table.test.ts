import { describe, expect, it } from 'vitest';
import { camelCase, type OptionRow } from '../option.ts';
import { type OptionName, optionGroups, optionsTable } from './index.ts';
import { polderOptions } from './polder.ts';

/** Name, type (s, b, i) and default of every option of Atlantis, as its page of server options has them. */
const peerOptions = `
config s
port i 4141
atlantis-url s
data-dir s ~/.atlantis
share-plan-dir s
log-level s info
api-secret s
ssl-cert-file s
ssl-key-file s
web-basic-auth b false
web-username s atlantis
web-password s atlantis
websocket-check-origin b false
enable-profiling-api b false
stats-namespace s atlantis
executable-name s atlantis
language s en
language-config-file s
markdown-template-overrides-dir s ~/.markdown_templates
slack-token s
webhook-http-headers s
enable-drift-detection b false
enable-drift-remediation b false
repo-allowlist s
repo-config s
repo-config-json s
allow-commands s version,plan,apply,unlock,approve_policies,cancel
blocked-extra-args s -chdir,--chdir,-plugin-dir,--plugin-dir
allow-fork-prs b false
allow-draft-prs b false
var-file-allowlist s
gh-team-allowlist s
gitlab-group-allowlist s
silence-allowlist-errors b false
silence-fork-pr-errors b false
silence-no-projects b false
silence-vcs-status-no-plans b false
silence-vcs-status-no-projects b false
disable-repo-locking b false
disable-global-apply-lock b false
disable-unlock-label s
autodiscover-mode s auto
autoplan-file-list s **/*.tf,**/*.tf.json,**/*.tfvars,**/*.tfvars.json,**/*.tofu,**/*.tofu.json,**/terragrunt.hcl,**/.terraform.lock.hcl
autoplan-modules b false
autoplan-modules-from-projects s
disable-autoplan b false
disable-autoplan-label s
automerge b false
automerge-method s
disable-automerge-label s
disable-apply-all b false
parallel-plan b false
parallel-apply b false
parallel-pool-size i 15
checkout-strategy s branch
checkout-depth i 0
skip-clone-no-changes b false
include-git-untracked-files b false
restrict-file-list b false
enable-regexp-cmd b false
enable-policy-checks b false
quiet-policy-checks b false
fail-on-pre-workflow-hook-error b false
discard-approval-on-plan b false
pending-apply-status b false
vcs-status-name s atlantis
ignore-vcs-status-names s
gh-allow-mergeable-bypass-apply b false
disable-markdown-folding b false
enable-diff-markdown-format b false
hide-prev-plan-comments b false
hide-unchanged-plan-comments b false
max-comments-per-command i 100
emoji-reaction s
default-tf-distribution s terraform
tf-distribution s
default-tf-version s
tf-download b true
tf-download-url s https://releases.hashicorp.com
use-tf-plugin-cache b true
tfe-hostname s app.terraform.io
tfe-token s
tfe-local-execution-mode b false
locking-db-type s boltdb
redis-host s
redis-password s
redis-username s
redis-port i 6379
redis-db i 0
redis-tls-enabled b false
redis-insecure-skip-verify b false
redis-cluster-addresses s
enable-external-stores b false
gh-user s
gh-token s
gh-token-file s
gh-app-id i 0
gh-app-installation-id i 0
gh-app-key s
gh-app-key-file s
gh-app-slug s
gh-hostname s github.com
gh-org s
gh-webhook-secret s
gitlab-user s
gitlab-token s
gitlab-webhook-secret s
gitlab-hostname s gitlab.com
gitlab-status-retry-enabled b false
gitea-user s
gitea-token s
gitea-webhook-secret s
gitea-base-url s https://gitea.com
gitea-page-size i 30
bitbucket-user s
bitbucket-token s
bitbucket-webhook-secret s
bitbucket-api-user s
bitbucket-base-url s https://api.bitbucket.org
azuredevops-user s
azuredevops-token s
azuredevops-webhook-user s
azuredevops-webhook-password s
azuredevops-hostname s dev.azure.com
write-git-creds b false
`
  .trim()
  .split('\n');

const rows: readonly [string, OptionRow][] = Object.entries(optionsTable);

describe('optionsTable', () => {
  it('has the 125 options of Atlantis with their types and defaults', () => {
    const ours = rows.filter(([name]) => !(name in polderOptions)).map(([name, row]) => peerNotation(name, row));
    expect(peerOptions).toHaveLength(125);
    expect(ours.toSorted()).toEqual(peerOptions.toSorted());
  });

  it('shows every option in one group', () => {
    const shown = optionGroups.flatMap(({ rows: group }) => Object.keys(group));
    expect(shown.toSorted()).toEqual(Object.keys(optionsTable).toSorted());
  });

  it('gives every option a name of its own in the program', () => {
    expect(new Set(rows.map(([name]) => camelCase(name))).size).toBe(rows.length);
  });

  it('says what each option does, and why it does not, in sentences', () => {
    const isHelp = (row: OptionRow) => /^[A-Z].*\.$/s.test(row.help);
    const isReason = (row: OptionRow) => row.status === 'built' || /^[a-z].*[^.]$/s.test(row.why);
    expect(rows.filter(([, row]) => !isHelp(row) || !isReason(row))).toEqual([]);
  });

  it('keeps tokens, passwords and keys out of messages', () => {
    const sensitive = rows.filter(([name]) => /(token|secret|password|-key|headers|database-url)$/.test(name));
    const shown = sensitive.filter(([, row]) => row.secret !== true).map(([name]) => name);
    expect(shown).toEqual(['locks-require-token']);
  });

  it('refuses the start for what limits or protects and is not enforced yet', () => {
    const protecting: OptionName[] = ['enable-policy-checks'];
    const marked = rows.filter(([, row]) => row.status === 'protects').map(([name]) => name);
    expect(marked.toSorted()).toEqual(protecting.toSorted());
  });
});

function peerNotation(name: string, row: OptionRow): string {
  const letter = { string: 's', list: 's', bool: 'b', int: 'i', duration: 's' }[row.type];
  return `${name} ${letter} ${String(row.default)}`.trimEnd();
}
