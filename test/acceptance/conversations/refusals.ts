import type { Conversation } from '../../support/conversations/conversation.ts';
import { added, applied, commandError, first, listed, planned, resource, section, toAdd, where } from './texts.ts';

const [net, app] = [where('net'), where('app')];
const files = { 'net/main.tf': resource, 'app/main.tf': resource };
const inNet = { 'net/main.tf': `${resource}# a change\n` };
const inBoth = { ...inNet, 'app/main.tf': `${resource}# a change\n` };

/** What an engine that cannot even read its folder leads to. */
const broken = 'nonsense {\n';

/** What cannot be done, and what comes of the rest. */
export const refusals: readonly Conversation[] = [
  {
    name: 'a project that is named and cannot be applied is told as its result, and the statuses stay',
    files,
    change: inNet,
    steps: [
      { comment: 'atlantis apply -d net' },
      { comment: 'atlantis apply -d net' },
      { comment: 'atlantis apply -d app' },
      { comment: 'atlantis apply' },
    ],
    comments: [
      planned(net, '-d net', toAdd()),
      applied(net),
      `Ran Apply for ${net}\n\n${commandError('Apply', 'plan for dir "net" workspace "default" project "" has status "applied" and cannot be applied; run `atlantis plan`')}`,
      `Ran Apply for ${app}\n\n${commandError('Apply', 'no matching plan status exists for dir "app" workspace "default" project ""; run `atlantis plan`')}`,
      'Ran Apply for 0 projects:',
    ],
    statuses: {
      'atlantis/apply': 'success: 1/1 projects applied successfully.',
      'atlantis/apply: net/default': 'success: Apply succeeded.',
      'atlantis/apply: app/default': null,
    },
    locks: 1,
  },
  {
    name: 'a folder that is not there is told as its result, and sets no status',
    files,
    change: inNet,
    steps: [{ comment: 'atlantis plan -d nowhere' }, { comment: 'atlantis apply -d nowhere' }],
    comments: [
      planned(net, '-d net', toAdd()),
      `Ran Plan for ${where('nowhere')}\n\n${commandError('Plan', 'dir "nowhere" does not exist')}`,
      `Ran Apply for ${where('nowhere')}\n\n${commandError('Apply', 'dir "nowhere" does not exist')}`,
    ],
    statuses: {
      'atlantis/plan': 'success: 1/1 projects planned successfully.',
      'atlantis/plan: nowhere/default': null,
      'atlantis/apply': 'pending: 0/1 projects applied.',
    },
    locks: 1,
  },
  {
    name: 'what can be applied is, and the rest is told with its reason',
    files,
    change: { ...inBoth, 'app/main.tf': broken },
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      { has: [listed('Plan', app, net), first(app), '**Plan Error**', section(2, net), toAdd()] },
      {
        has: [
          listed('Apply', net, app),
          first(net),
          added(),
          section(2, app),
          commandError(
            'Apply',
            'plan for dir "app" workspace "default" project "" errored and cannot be applied without a plan file; run `atlantis plan`',
          ),
          '2 projects, 1 successful, 0 failed, 1 errored',
        ],
        lacks: ['cannot be applied again'],
      },
    ],
    statuses: {
      'atlantis/plan': 'failure: 1/2 projects failed to plan.',
      'atlantis/apply': 'pending: 1/2 projects applied.',
    },
    locks: 1,
  },
  {
    name: 'a folder that somebody planned beside is forgotten by a plan of what changes',
    files,
    change: inNet,
    steps: [{ comment: 'atlantis plan -d app' }, { comment: 'atlantis plan' }, { comment: 'atlantis apply' }],
    comments: [
      planned(net, '-d net', toAdd()),
      planned(app, '-d app', toAdd()),
      planned(net, '-d net', toAdd()),
      applied(net),
    ],
    statuses: {
      'atlantis/plan': 'success: 1/1 projects planned successfully.',
      'atlantis/apply': 'success: 1/1 projects applied successfully.',
    },
    locks: 1,
  },
];
