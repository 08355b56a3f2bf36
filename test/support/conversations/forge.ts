import type { Delivery } from '../../fakes/host-server.ts';
import type { TestServer } from '../server.ts';

export type HostName = 'GitHub' | 'GitLab' | 'Gitea' | 'local repositories';

export type OpenOptions = {
  readonly draft?: boolean;
  readonly labels?: readonly string[];
  /** The branch is that of a fork of somebody else's. */
  readonly fork?: boolean;
};

/** A host that a server works for. */
export type Forge = {
  /** What the server is started with. */
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  connect(server: TestServer): void;
  /** The repository `<folder of repositories>/<full name>.git` is on the host from now on. */
  addRepo(fullName: string): ForgeRepo;
};

/** Makes a host of a folder of bare repositories. */
export type MakeForge = (reposDir: string) => Promise<Forge>;

/**
 * A repository as people use it. Whatever they do there is told to the server, as the host tells it, and what they read
 * is what the server wrote.
 */
export type ForgeRepo = {
  /** Opens a pull request of a branch into `main`; gives its number. */
  open(branch: string, options: OpenOptions): Promise<number>;
  /** Tells that the branch of a pull request has new commits. */
  pushed(pull: number): Promise<void>;
  comment(pull: number, body: string): Promise<void>;
  approve(pull: number): Promise<void>;
  /** Lets nobody merge it any more, or does so again. Hosts that only look at the branches cannot. */
  block?(pull: number, isBlocked: boolean): void;
  /** Ends its being a draft. */
  ready(pull: number): Promise<void>;
  close(pull: number): Promise<void>;
  /** Not every host can. */
  reopen?(pull: number): Promise<void>;
  /** As a person does. */
  merge(pull: number): Promise<void>;
  /** Tells of a merge that the server asked for, as the host does. */
  tellMerged(pull: number): Promise<void>;
  /** What the server has written on a pull request, oldest first; what it folded away is left out. */
  comments(pull: number): Promise<readonly string[]>;
  /** The last status of each context of the head of a pull request, as `state: description`. */
  statuses(pull: number): Promise<Readonly<Record<string, string>>>;
  isMerged(pull: number): Promise<boolean>;
};

/** A repository on a host that sends deliveries. */
export type Place = { readonly fullName: string; send(delivery: Delivery): Promise<void> };

/** Sends deliveries to the server that was connected; fails when one is not taken. */
export function sender(): { connect(server: TestServer): void; send(delivery: Delivery): Promise<void> } {
  let url: string | undefined;
  return {
    connect: (server) => {
      url = server.url;
    },
    send: async ({ headers, body }) => {
      const reply = await fetch(`${url}/events`, { method: 'POST', headers, body });
      const text = await reply.text();
      if (reply.status !== 200) throw new Error(`a delivery was answered ${reply.status} ${text}`);
    },
  };
}
