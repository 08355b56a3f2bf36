import type { DeliveryHeaders } from '../../vcs/index.ts';

/** The headers by which each host is known, in the order in which they are looked for: some hosts send others' too. */
const marks: readonly { readonly header: string; readonly host: (headers: DeliveryHeaders) => string | undefined }[] = [
  { header: 'x-gitea-event', host: () => 'Gitea' },
  { header: 'x-github-event', host: () => 'GitHub' },
  { header: 'x-gitlab-event', host: () => 'GitLab' },
  { header: 'x-event-key', host: bitbucketOf },
  { header: 'request-id', host: () => 'AzureDevops' },
  { header: 'x-vss-activityid', host: () => 'AzureDevops' },
];

/** What a delivery is answered that none of the configured hosts recognises. */
export function unconfiguredReply(headers: DeliveryHeaders): string {
  for (const { header, host } of marks) {
    const name = headers[header] === undefined ? undefined : host(headers);
    if (name !== undefined) return `Ignoring request since not configured to support ${name}`;
  }
  return 'Ignoring request';
}

function bitbucketOf(headers: DeliveryHeaders): string | undefined {
  if (headers['x-request-uuid'] !== undefined) return 'Bitbucket Cloud';
  return headers['x-request-id'] === undefined ? undefined : 'Bitbucket Server';
}
