import type { Conversation } from '../../support/conversations/conversation.ts';
import { extraArguments } from './arguments.ts';
import { automerge } from './automerge.ts';
import { configuration } from './configuration.ts';
import { firstSteps } from './first-steps.ts';
import { lockFiles } from './lock-files.ts';
import { locks } from './locks.ts';
import { modules } from './modules.ts';
import { namedProjects } from './named-projects.ts';
import { pullRequests } from './pull-requests.ts';
import { refusals } from './refusals.ts';
import { reporting } from './reporting.ts';
import { requirements } from './requirements.ts';
import { state } from './state.ts';
import { summary } from './summary.ts';
import { workspaces } from './workspaces.ts';

export const conversations: readonly Conversation[] = [
  ...firstSteps,
  ...extraArguments,
  ...workspaces,
  ...configuration,
  ...modules,
  ...namedProjects,
  ...automerge,
  ...locks,
  ...requirements,
  ...pullRequests,
  ...reporting,
  ...state,
  ...lockFiles,
  ...summary,
  ...refusals,
];
