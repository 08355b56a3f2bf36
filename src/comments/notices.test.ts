import { describe, expect, it } from 'vitest';
import { notices } from './notices.ts';

describe('notices', () => {
  const rows: [name: string, text: string, shown: string][] = [
    [
      'a repository that is not allowed',
      notices.repoNotAllowed(),
      '```\nError: This repo is not allowlisted for Atlantis.\n```',
    ],
    [
      'a user who may not',
      notices.notPermitted({ login: 'dev', command: 'apply' }),
      "```\nError: User @dev does not have permissions to execute 'apply' command.\n```",
    ],
    ['a disabled apply', notices.applyDisabled('tf'), '**Error:** Running `tf apply` is disabled.'],
    [
      'a plan discarded on the page',
      notices.planDiscardedOnPage({ dir: 'a', workspace: 'default' }),
      '**Warning**: The plan for dir: `a` workspace: `default` was **discarded** via the Atlantis UI.\n\n' +
        'To `apply` this plan you must run `plan` again.',
    ],
    ['a merge that was refused', notices.automergeFailed('conflict'), 'Automerging failed:\n```\nconflict\n```'],
  ];
  it.each(rows)('tell of %s', (...[, text, shown]) => {
    expect(text).toBe(shown);
  });

  it('list the locks of a closed pull request by folder', () => {
    const locks = [
      { dir: 'b', workspace: 'staging' },
      { dir: 'a', workspace: 'default' },
      { dir: 'b', workspace: 'default' },
      { dir: 'b', workspace: 'staging' },
    ];
    expect(notices.pullClosed(locks)).toBe(
      'Locks and plans deleted for the projects and workspaces modified in this pull request:\n\n' +
        '- dir: `a` workspace: `default`\n- dir: `b` workspaces: `default`, `staging`',
    );
  });
  it('have nothing to say about a closed pull request without locks', () => {
    expect(notices.pullClosed([])).toBe('');
  });

  const cancelled: [queued: number, running: number, text: string][] = [
    [0, 0, 'Nothing is queued or running for this pull request, so nothing was cancelled.'],
    [2, 0, 'Cancelled all queued operations for this pull request.\nNew operations can now be started.'],
    [
      1,
      1,
      'Cancelled all queued operations for this pull request. What is running is being stopped, and tells how far it ' +
        'came.\nNew operations can now be started.',
    ],
  ];
  it.each(cancelled)('tell what was cancelled of %i queued and %i running', (queued, running, text) => {
    expect(notices.cancelled({ queued, running })).toBe(text);
  });
});
