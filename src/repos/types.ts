import type { HostType } from '../vcs/index.ts';

/** Who may see a repo: those whose token is good for it, or everybody who has a token. */
export const visibilities = ['private', 'public'] as const;

/** A git repository on a host, with the id it was given when somebody first named it. */
export type Repo = {
  readonly id: number;
  /** Host name, such as `github.com` or `local`. */
  readonly host: string;
  readonly hostType: HostType;
  /** `owner/name`, with more parts where the host has groups in groups. */
  readonly fullName: string;
  /** The group (owner path) it belongs to. */
  readonly groupId: number;
  readonly visibility: (typeof visibilities)[number];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
};

/** The owner of repos on a host: an organisation, a group or a group in a group. */
export type Group = {
  readonly id: number;
  readonly host: string;
  /** `owner`, or `owner/sub` where the host has groups in groups. */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
};
