export { type CommentTemplates, openCommentTemplates } from './comment-templates.ts';
export { codeSpan } from './markdown.ts';
export { notices, type ReleasedLock } from './notices.ts';
export { renderCommandComment } from './render-command-comment.ts';
export { renderSummary, type SummaryProject } from './render-summary.ts';
export { type SplitOptions, splitComment } from './split-comment.ts';
export { type StatusContexts, statusContexts } from './status-contexts.ts';
export {
  applyCountsStatus,
  failedStatus,
  type ProjectStatus,
  planCountsStatus,
  policyCountsStatus,
  projectStatusText,
  type StatusCommand,
  type StatusText,
  startedStatus,
} from './status-texts.ts';
export { titles } from './titles.ts';
export type * from './types.ts';
