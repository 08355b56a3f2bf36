/** What GitHub is asked to register. */
export type AppManifest = {
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly redirect_url: string;
  readonly public: boolean;
  readonly hook_attributes: { readonly url: string; readonly active: boolean };
  readonly default_events: readonly string[];
  readonly default_permissions: Readonly<Record<string, 'read' | 'write'>>;
};

/** GitHub takes no longer names. */
const longestName = 34;

/**
 * The app that Atlantis asks for, with its events and permissions, so that either server can work as it. Whoever
 * registers it may change the name and take back what they do not want to give.
 * https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
export function appManifest(of: { readonly baseUrl: string; readonly executableName: string }): AppManifest {
  const { baseUrl, executableName } = of;
  const product = executableName.charAt(0).toUpperCase() + executableName.slice(1);
  return {
    name: `${product} for ${new URL(baseUrl).hostname}`.slice(0, longestName),
    description: `Terraform pull request automation at ${baseUrl}`,
    url: baseUrl,
    redirect_url: `${baseUrl}/github-app/exchange-code`,
    public: false,
    hook_attributes: { url: `${baseUrl}/events`, active: true },
    default_events: [
      'check_run',
      'create',
      'delete',
      'issue_comment',
      'issues',
      'pull_request',
      'pull_request_review',
      'pull_request_review_comment',
      'push',
    ],
    default_permissions: {
      actions: 'read',
      administration: 'read',
      checks: 'write',
      contents: 'write',
      issues: 'write',
      members: 'read',
      pull_requests: 'write',
      repository_hooks: 'write',
      statuses: 'write',
    },
  };
}
