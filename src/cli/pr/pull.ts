import type { CliContext } from '../context.ts';
import { refuse } from '../read-flags.ts';
import { type ServerClient, serverClient } from '../server-client.ts';

/** A pull request as the server shows it. */
export type ShownPull = {
  readonly number: number;
  readonly repository: { readonly full_name: string };
  readonly url: string;
  readonly title: string;
  readonly author: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly draft: boolean;
  readonly labels: readonly string[];
  readonly head: { readonly branch: string; readonly sha: string };
  readonly base: { readonly branch: string };
  readonly created_at: string;
  readonly closed_at: string | null;
  readonly closed_by: string | null;
  readonly merge_sha: string | null;
};

/** The same when it was asked for alone. */
export type PullInFull = ShownPull & {
  readonly approved_by: readonly string[];
  /** What has not ended yet. */
  readonly commands: readonly { readonly kind: string; readonly state: 'queued' | 'running' }[];
  readonly merge_problem: string | null;
  readonly statuses: readonly ShownStatus[];
};

export type ShownStatus = {
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure';
  readonly description: string;
};

export type ShownComment = {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly hidden: boolean;
  readonly created_at: string;
  readonly updated_at: string;
};

/** Which repository is meant, where several have a pull request of that number. */
export const repoFlag = {
  repo: {
    type: 'string',
    default: '',
    status: 'built',
    flagOnly: true,
    help: 'The repository, such as `acme/infra`; needed where several have a pull request of that number.',
  },
} as const;

/** Which commit is meant, so that nothing is done to one that nobody looked at. */
export const shaFlag = {
  sha: {
    type: 'string',
    default: '',
    shownDefault: 'whatever the branch is at',
    status: 'built',
    flagOnly: true,
    help: 'Only when the branch is at this commit.',
  },
} as const;

/** A pull request that the words name: its path on the server, its query, and the server. */
export type NamedPull = { readonly client: ServerClient; readonly path: string; readonly query: string };

type Options = { readonly server: string; readonly token: string; readonly repo: string };

export function namePull(
  context: CliContext,
  number: string | undefined,
  options: Options,
): NamedPull | { readonly kind: 'ended'; readonly code: number } {
  if (number === undefined || !/^[1-9]\d*$/.test(number)) {
    return refuse(context, [`${JSON.stringify(number)} is not the number of a pull request`]);
  }
  const query = options.repo === '' ? '' : `?${new URLSearchParams({ repo: options.repo }).toString()}`;
  return { client: serverClient(options, '/api'), path: `/pulls/${number}`, query };
}

export async function readPull({ client, path, query }: NamedPull): Promise<PullInFull> {
  return (await client.get(path + query)) as PullInFull;
}

/** All comments, oldest first. */
export async function readComments({ client, path, query }: NamedPull): Promise<ShownComment[]> {
  const comments: ShownComment[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = (await client.get(`${path}/comments${query}${query === '' ? '?' : '&'}after=${after}`)) as {
      readonly comments: readonly ShownComment[];
      readonly next_after: number | null;
    };
    comments.push(...page.comments);
    after = page.next_after;
  }
  return comments;
}

/** `pull request 3 of acme/infra`. */
export function nameOf({ number, repository }: ShownPull): string {
  return `pull request ${number} of ${repository.full_name}`;
}

/** Text that others wrote, without what a terminal would obey, or what turns text around. */
export function harmless(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, '');
}
