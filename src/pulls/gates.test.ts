import { describe, expect, it } from 'vitest';
import { comment, livePull, pullHost, pullWorld, settingsWith } from '../../test/support/pull-domain.ts';
import type { CommentCommand } from '../commands/index.ts';
import { parseServerRules, type ServerRules } from '../repo-config/index.ts';
import type { Pull } from '../vcs/index.ts';
import { type Gate, passGates } from './gates.ts';
import type { Work } from './types.ts';

const nothing = { projects: [], paths: [] };
const plain = { selection: nothing, extraArgs: [], verbose: false };
const plan: Work = comment({ kind: 'plan', ...plain });
const unlock: Work = comment({ kind: 'unlock', extraArgs: [] });
const autoplan: Work = { kind: 'autoplan' };

type Given = {
  readonly work?: Work;
  readonly live?: Partial<Pull>;
  readonly flags?: readonly string[];
  readonly teams?: readonly string[];
  readonly rules?: string;
};

async function pass({ work = plan, live = {}, flags = [], teams = [], rules }: Given): Promise<Gate> {
  const { context } = await pullWorld({ work });
  const pulls = pullHost({ listTeams: async () => teams });
  const pullSettings = rules === undefined ? settingsWith(flags) : settingsWith(flags, parsed(rules));
  return passGates({ pullSettings }, { ...context, pulls }, livePull(live));
}

const ofFork = { headRepo: { fullName: 'bob/infra', owner: 'bob' } };
const forkText =
  "Atlantis commands can't be run on fork pull requests. To enable, set --allow-fork-prs  or, to disable this " +
  'message, set --silence-fork-pr-errors';

describe('passGates', () => {
  const open: [string, Given][] = [
    ['a plan', {}],
    ['an autoplan', { work: autoplan }],
    ['an unlock on a closed pull request', { work: unlock, live: { open: false } }],
    ['the clean-up of one that is closed', { work: { kind: 'close', merged: true }, live: { open: false, ...ofFork } }],
    ['a fork where forks are allowed', { live: ofFork, flags: ['--allow-fork-prs'] }],
    ['a copy of the same owner', { live: { headRepo: { fullName: 'Acme/copy', owner: 'Acme' } } }],
    ['a plan although autoplans are off', { flags: ['--disable-autoplan'] }],
    ['a member of a team that may', { flags: ['--gh-team-allowlist=dev:plan'], teams: ['dev'] }],
  ];
  it.each(open)('lets %s through', async (_name, given) => {
    expect(await pass(given)).toEqual({ kind: 'open' });
  });

  const closed: [string, Given, string | null][] = [
    ['a fork', { live: ofFork }, forkText],
    ['a fork, in silence where that is set', { live: ofFork, flags: ['--silence-fork-pr-errors'] }, null],
    ['a fork that is gone', { live: { headRepo: null } }, forkText],
    [
      'an autoplan of a fork, even with autoplans off',
      { work: autoplan, live: ofFork, flags: ['--disable-autoplan'] },
      forkText,
    ],
    [
      'a command on a closed pull request',
      { live: { open: false } },
      "Atlantis commands can't be run on closed pull requests",
    ],
    ['an autoplan where that is off', { work: autoplan, flags: ['--disable-autoplan'] }, null],
    [
      'an autoplan with the label that forbids it',
      { work: autoplan, flags: ['--disable-autoplan-label=wait'], live: { labels: ['wait'] } },
      null,
    ],
    [
      'somebody whose teams may not',
      { flags: ['--gh-team-allowlist=ops:plan'], teams: ['dev'] },
      "```\nError: User @ada does not have permissions to execute 'plan' command.\n```",
    ],
    [
      'an autoplan of somebody whose teams may not, in silence',
      { work: autoplan, flags: ['--gh-team-allowlist=ops:plan'] },
      null,
    ],
    [
      'state rm under the name that rules have for it',
      { work: comment({ kind: 'state_rm', addresses: ['x'], ...plain }), flags: ['--gh-team-allowlist=ops:state'] },
      "```\nError: User @ada does not have permissions to execute 'state' command.\n```",
    ],
    [
      'variable files from elsewhere',
      {
        work: comment({ kind: 'plan', ...plain, extraArgs: ['-var-file=/etc/x'] }),
        flags: ['--var-file-allowlist=/srv'],
      },
      '```\nvar file path /etc/x is not allowed by the current allowlist: [/srv]\n```',
    ],
  ];
  it.each([
    { kind: 'apply', ...plain, automerge: { kind: 'as_configured' } },
    { kind: 'import', address: 'a', id: 'b', ...plain },
    { kind: 'state_rm', addresses: ['a'], ...plain },
  ] as const)('stops $kind with variable files from elsewhere', async (command) => {
    const work = comment({ ...command, extraArgs: ['-var-file=/etc/x'] });
    expect(await pass({ work, flags: ['--var-file-allowlist=/srv'] })).toMatchObject({ kind: 'closed' });
  });

  it.each(closed)('stops %s', async (_name, given, notice) => {
    expect(await pass(given)).toMatchObject({ kind: 'closed', notice });
  });

  it.each(['plan', 'unlock', 'version'] as const)('says nothing to %s for other base branches', async (kind) => {
    const command: CommentCommand = kind === 'unlock' ? { kind, extraArgs: [] } : { kind, ...plain };
    const rules = 'repos:\n- id: /.*/\n  branch: /^release$/\n';
    expect(await pass({ work: comment(command), rules })).toMatchObject({ kind: 'closed', notice: null });
    expect(await pass({ work: comment(command), rules, live: { baseBranch: 'release' } })).toEqual({ kind: 'open' });
  });
});

function parsed(text: string): ServerRules {
  const read = parseServerRules({ text, file: 'repos.yaml', format: 'yaml', hosts: ['github.test'] });
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read));
  return read.rules;
}
