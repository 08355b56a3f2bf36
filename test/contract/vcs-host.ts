import { beforeEach, describe, expect, it } from 'vitest';
import type { PullHost, VcsHost } from '../../src/vcs/index.ts';

export type HostPull = {
  readonly number?: number;
  readonly draft?: boolean;
  readonly labels?: readonly string[];
  /** Null: deleted. */
  readonly headRepo?: string | null;
  readonly files?: readonly { readonly path: string; readonly from?: string }[];
};

type Statuses = Readonly<Record<string, { state: string; description: string; targetUrl: string | null }>>;
type Soon<T> = T | Promise<T>;

/** One host with a repo `acme/infra`, whose file `atlantis.yaml` holds `version: 3\n`, and what happens on it. */
export type HostWorld = {
  readonly host: VcsHost;
  /** The login that the host works as. */
  readonly login: string;
  /** What the host does not know at all. */
  readonly without?: readonly ('forks' | 'credentials')[];
  /** Opens a pull request by `ada`, from `change` to `main`; gives its number and head. */
  openPull(given?: HostPull): Soon<{ readonly number: number; readonly headSha: string }>;
  closePull(number: number): Soon<void>;
  review(number: number, login: string, verdict: 'approve' | 'request_changes' | 'remark'): Soon<void>;
  addComment(number: number, body: string): Soon<string>;
  isHidden(number: number, commentId: string): Soon<boolean>;
  reactions(number: number, commentId: string): Soon<readonly string[]>;
  /** The last status of each context of a commit. */
  statuses(sha: string): Soon<Statuses>;
  conflict(number: number): Soon<void>;
  isMerged(number: number): Soon<boolean>;
  addTeam(team: {
    readonly slug: string;
    readonly members: readonly string[];
    readonly above?: readonly string[];
  }): void;
};

/** What every host with pull requests does. Those it cannot do are passed over, by its capabilities. */
export function describeVcsHost(name: string, make: () => Promise<HostWorld>): void {
  describe(`the host port: ${name}`, () => {
    let world: HostWorld;
    let pulls: PullHost;

    beforeEach(async () => {
      world = await make();
      if (!world.host.pulls) throw new Error('the suite is for hosts with pull requests');
      pulls = world.host.pulls;
    });

    const fullName = 'acme/infra';
    const opened = async (given?: HostPull) => ({ fullName, ...(await world.openPull(given)) });
    const lacks = (what: 'forks' | 'credentials') => world.without?.includes(what) === true;

    it('says that it has pull requests', () => {
      expect(world.host.capabilities.pulls).toBe(true);
    });

    describe('findRepo', () => {
      it('finds a repo, with credentials that are not in its URL', async () => {
        const repo = await world.host.findRepo(fullName);
        expect(repo?.fullName).toBe(fullName);
        if (lacks('credentials')) return;
        const { credentials, url } = repo?.source ?? { url: '', credentials: null };
        expect(url).toMatch(/^https:\/\/[^@]+acme\/infra/);
        expect(credentials?.password).toBeTruthy();
        expect(url).not.toContain(credentials?.password);
      });

      it('has git log in at the address that its repos are below', async () => {
        const access = await world.host.gitAccess?.();
        expect(access === undefined).toBe(lacks('credentials'));
        const source = (await world.host.findRepo(fullName))?.source;
        if (access)
          expect({ ...source, url: source?.url.slice(0, access.url.length + 1) }).toEqual({
            ...access,
            url: `${access.url}/`,
          });
      });

      it.each([
        'acme/nope',
        'nope',
        '',
        'acme/..',
        '../acme/infra',
        'acme/infra/pulls',
        'a b/c',
        'acme/inf%2fra',
        '\0/x',
      ])('finds no %j', async (given) => {
        expect(await world.host.findRepo(given)).toBeUndefined();
      });
    });

    describe('getPull', () => {
      it('tells all about a pull request', async () => {
        const pull = await opened({ labels: ['infra', 'urgent'] });
        expect(await pulls.getPull(pull)).toMatchObject({
          number: pull.number,
          author: 'ada',
          headBranch: 'change',
          headSha: pull.headSha,
          headRepo: { fullName, owner: 'acme' },
          baseBranch: 'main',
          open: true,
          merged: false,
          draft: false,
          labels: ['infra', 'urgent'],
        });
      });

      it('tells a fork by its owner', async () => {
        if (lacks('forks')) return;
        const pull = await pulls.getPull(await opened({ headRepo: 'eve/infra' }));
        expect(pull?.headRepo).toEqual({ fullName: 'eve/infra', owner: 'eve' });
      });

      it('tells a pull request whose fork has been deleted', async () => {
        if (lacks('forks')) return;
        expect((await pulls.getPull(await opened({ headRepo: null })))?.headRepo).toBeNull();
      });

      it('tells a draft', async () => {
        expect((await pulls.getPull(await opened({ draft: true })))?.draft).toBe(true);
      });

      it('tells a closed one', async () => {
        const pull = await opened();
        await world.closePull(pull.number);
        expect((await pulls.getPull(pull))?.open).toBe(false);
      });

      it('finds none of another number', async () => {
        expect(await pulls.getPull({ fullName, number: 999 })).toBeUndefined();
      });
    });

    describe('listChangedFiles', () => {
      it('gives both names of a renamed file, and each name once', async () => {
        const pull = await opened({
          files: [{ path: 'a.tf' }, { path: 'new.tf', from: 'old.tf' }, { path: 'old.tf' }],
        });
        const { paths, complete } = await pulls.listChangedFiles(pull);
        expect([[...paths].sort(), complete]).toEqual([['a.tf', 'new.tf', 'old.tf'], true]);
      });

      it('gives all of many files', async () => {
        const files = Array.from({ length: 250 }, (_, index) => ({ path: `dir/${index}.tf` }));
        const { paths, complete } = await pulls.listChangedFiles(await opened({ files }));
        expect([[...paths].sort(), complete]).toEqual([files.map(({ path }) => path).sort(), true]);
      });
    });

    it('gives the text of a file without a clone', async () => {
      if (!world.host.capabilities.fileFetch) return;
      expect(await pulls.getFile(fullName, { path: 'atlantis.yaml', ref: 'main' })).toBe('version: 3\n');
      expect(await pulls.getFile(fullName, { path: 'nope.yaml', ref: 'main' })).toBeUndefined();
    });

    describe('getApproval', () => {
      it('is not there without a review', async () => {
        expect(await pulls.getApproval(await opened())).toEqual({ approved: false, by: [] });
      });

      it('names those who approved, and not those who remarked', async () => {
        const pull = await opened();
        await world.review(pull.number, 'bob', 'approve');
        await world.review(pull.number, 'bob', 'remark');
        await world.review(pull.number, 'eve', 'remark');
        expect(await pulls.getApproval(pull)).toEqual({ approved: true, by: ['bob'] });
      });

      it('is gone when who approved asks for changes later', async () => {
        const pull = await opened();
        await world.review(pull.number, 'bob', 'approve');
        await world.review(pull.number, 'bob', 'request_changes');
        expect((await pulls.getApproval(pull)).approved).toBe(false);
      });

      it('is gone after its reviews were dismissed', async () => {
        if (!world.host.capabilities.dismissReviews) return;
        const pull = await opened();
        await world.review(pull.number, 'bob', 'approve');
        await pulls.dismissReviews(pull, 'planned anew');
        expect((await pulls.getApproval(pull)).approved).toBe(false);
      });
    });

    describe('getMergeability', () => {
      it('is there without a conflict', async () => {
        expect(await pulls.getMergeability(await opened(), () => false)).toEqual({ mergeable: true });
      });

      it('is not there with a conflict, and says why', async () => {
        const pull = await opened();
        await world.conflict(pull.number);
        const found = await pulls.getMergeability(pull, () => false);
        expect(found).toMatchObject({ mergeable: false, reason: expect.stringMatching(/\w/) });
      });
    });

    describe('comments', () => {
      it('are written, changed and listed, oldest first', async () => {
        const pull = await opened();
        const first = await world.addComment(pull.number, 'atlantis plan');
        const ours = await pulls.createComment(pull, 'one <details> `two` 😀\n```diff\n+ three\n```');
        expect(await pulls.updateComment(pull, { id: ours, body: 'other' })).toBe(true);
        expect(await pulls.listComments(pull)).toEqual([
          { id: first, author: 'ada', body: 'atlantis plan' },
          { id: ours, author: world.login, body: 'other' },
        ]);
        expect(await pulls.ownLogin()).toBe(world.login);
      });

      it('are listed all, over many pages', async () => {
        const pull = await opened();
        for (let count = 0; count < 130; count += 1) await world.addComment(pull.number, `comment ${count}`);
        expect((await pulls.listComments(pull)).map(({ body }) => body)).toEqual(
          Array.from({ length: 130 }, (_, index) => `comment ${index}`),
        );
      });

      it('may be as long as the host says', async () => {
        const longest = 'x'.repeat(Math.min(world.host.capabilities.maxCommentLength, 1_000_000));
        const pull = await opened();
        await pulls.createComment(pull, longest);
        expect((await pulls.listComments(pull))[0]?.body).toHaveLength(longest.length);
      });

      it('are not changed when they are gone', async () => {
        expect(await pulls.updateComment(await opened(), { id: '987654', body: 'x' })).toBe(false);
      });

      it('are hidden, those that are named', async () => {
        if (!world.host.capabilities.hideComments) return;
        const pull = await opened();
        const [one, two] = [await pulls.createComment(pull, 'one'), await pulls.createComment(pull, 'two')];
        await pulls.hideComments(pull, [one, '987654']);
        await pulls.hideComments(pull, [one]);
        expect([await world.isHidden(pull.number, one), await world.isHidden(pull.number, two)]).toEqual([true, false]);
      });

      it('are reacted to, once however often it is said', async () => {
        if (!world.host.capabilities.reactions) return;
        const pull = await opened();
        const commentId = await world.addComment(pull.number, 'atlantis plan');
        await pulls.react(pull, { commentId, emoji: 'eyes' });
        await pulls.react(pull, { commentId, emoji: 'eyes' });
        expect(await world.reactions(pull.number, commentId)).toEqual(['eyes']);
      });
    });

    it('sets statuses, with a description that the host takes', async () => {
      if (!world.host.capabilities.statuses) return;
      const pull = await opened();
      const status = { context: 'atlantis/plan: a/default', targetUrl: null };
      await pulls.setStatus(pull, { ...status, state: 'pending', description: 'Plan in progress...' });
      await pulls.setStatus(pull, { ...status, state: 'failure', description: 'x'.repeat(5000) });
      await pulls.setStatus(pull, {
        context: 'atlantis/plan',
        state: 'success',
        description: '1/1 projects planned successfully.',
        targetUrl: 'https://polder.example.com/jobs/1',
      });
      const { 'atlantis/plan': combined, ...projects } = await world.statuses(pull.headSha);
      expect(combined).toEqual({
        state: 'success',
        description: '1/1 projects planned successfully.',
        targetUrl: 'https://polder.example.com/jobs/1',
      });
      expect(projects['atlantis/plan: a/default']).toMatchObject({
        state: 'failure',
        description: expect.stringMatching(/^x+…?$/),
      });
    });

    describe('mergePull', () => {
      const request = { method: null, title: null };

      it('merges', async () => {
        const pull = await opened();
        expect(await pulls.mergePull(pull, { ...request, headSha: pull.headSha })).toEqual({ kind: 'merged' });
        expect(await world.isMerged(pull.number)).toBe(true);
      });

      it('says the same when it is asked again', async () => {
        const pull = await opened();
        await pulls.mergePull(pull, { ...request, headSha: pull.headSha });
        expect(await pulls.mergePull(pull, { ...request, headSha: pull.headSha })).toEqual({ kind: 'merged' });
      });

      it('refuses another head', async () => {
        const pull = await opened();
        const result = await pulls.mergePull(pull, { ...request, headSha: 'f'.repeat(40) });
        expect(result).toMatchObject({ kind: 'refused', message: expect.stringMatching(/\w/) });
        expect(await world.isMerged(pull.number)).toBe(false);
      });

      it('refuses what conflicts', async () => {
        const pull = await opened();
        await world.conflict(pull.number);
        const result = await pulls.mergePull(pull, { ...request, headSha: pull.headSha });
        expect(result).toMatchObject({ kind: 'refused' });
      });
    });

    it('deletes a branch, and does not mind when it is gone', async () => {
      await pulls.deleteBranch(fullName, 'change/one');
      await expect(pulls.deleteBranch(fullName, 'change/one')).resolves.toBeUndefined();
    });

    it('knows the teams of a user, and those above them', async () => {
      if (!world.host.capabilities.teams) return;
      world.addTeam({ slug: 'platform', members: ['ada'], above: ['engineering'] });
      world.addTeam({ slug: 'sales', members: ['eve'] });
      expect([...(await pulls.listTeams(fullName, 'ada'))].sort()).toEqual(['engineering', 'platform']);
      expect(await pulls.listTeams(fullName, 'nobody')).toEqual([]);
    });
  });
}
