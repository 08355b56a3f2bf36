import type { Conversation } from '../../support/conversations/conversation.ts';

const main = 'resource "terraform_data" "x" {\n  input = 1\n}\n';

export const summary: readonly Conversation[] = [
  {
    name: 'one comment tells where every project stands, and is written over',
    files: { 'README.md': '' },
    change: { 'app/main.tf': main, 'net/main.tf': main },
    flags: { 'summary-comment': true },
    steps: [{ comment: 'atlantis apply -d app' }],
    comments: [
      { has: ['Ran Plan for 2 projects:'] },
      {
        has: [
          '**Where this Pull Request stands** at `',
          '| dir: `app` workspace: `default` | :heavy_check_mark: applied |',
          '| dir: `net` workspace: `default` | :hourglass: planned, waits to be applied |',
        ],
      },
      { has: ['Ran Apply for dir: `app`', 'Apply complete!'] },
    ],
    locks: 2,
  },
];
