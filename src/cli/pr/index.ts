import type { CliContext } from '../context.ts';
import { type CommandGroup, dispatch } from '../dispatch.ts';
import { runPrApprove } from './approve.ts';
import { runPrClose } from './close.ts';
import { runPrComment } from './comment.ts';
import { runPrList } from './list.ts';
import { runPrMerge } from './merge.ts';
import { runPrOpen } from './open.ts';
import { runPrReady } from './ready.ts';
import { runPrShow } from './show.ts';

const pr: CommandGroup = {
  name: 'polder pr',
  description: 'Opens, shows, plans, applies and merges pull requests of local repositories, on a running server.',
  entries: {
    open: { summary: 'Open one', load: async () => runPrOpen },
    list: { summary: 'List them', load: async () => runPrList },
    show: { summary: 'Show one, with its statuses and comments', load: async () => runPrShow },
    comment: { summary: 'Comment on one, which is how to plan and apply', load: async () => runPrComment },
    approve: { summary: 'Approve one', load: async () => runPrApprove },
    ready: { summary: 'Make a draft ready', load: async () => runPrReady },
    close: { summary: 'Close one without merging', load: async () => runPrClose },
    merge: { summary: 'Merge one', load: async () => runPrMerge },
  },
};

/** `polder pr open|list|show|comment|approve|ready|close|merge`. */
export async function runPr(context: CliContext): Promise<number> {
  return dispatch(context, pr);
}
