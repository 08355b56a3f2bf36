import type { OptionRows } from '../option.ts';

export const commentOptions = {
  'vcs-status-name': {
    type: 'string',
    default: 'atlantis',
    status: 'built',
    help: 'First part of the names of commit statuses.',
  },
  'ignore-vcs-status-names': {
    type: 'string',
    default: '',
    status: 'built',
    help: 'First parts of status names that belong to other servers and do not count (GitHub).',
  },
  'gh-allow-mergeable-bypass-apply': {
    type: 'bool',
    default: false,
    status: 'built',
    help: 'Call a pull request mergeable although its required apply status is still open (GitHub).',
  },
  'disable-markdown-folding': {
    type: 'bool',
    default: false,
    status: 'built',
    help: 'Write long output open, without a section to unfold.',
  },
  'enable-diff-markdown-format': {
    type: 'bool',
    default: false,
    status: 'built',
    help: 'Write plans so that the host colours them as a diff.',
  },
  'hide-prev-plan-comments': {
    type: 'bool',
    default: false,
    status: 'built',
    help: 'Fold away the comments of earlier plans.',
  },
  'hide-unchanged-plan-comments': {
    type: 'bool',
    default: false,
    status: 'built',
    help: 'Leave plans without changes out of comments.',
  },
  'max-comments-per-command': {
    type: 'int',
    default: 100,
    status: 'built',
    min: 0,
    help: 'How many comments one command may write; 0 is any number.',
  },
  'emoji-reaction': {
    type: 'string',
    default: '',
    status: 'built',
    help: 'Reaction to give to comments that are accepted as commands.',
  },
} as const satisfies OptionRows;
