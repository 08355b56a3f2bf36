export { describeCommand } from './describe-command.ts';
export { ignoredCommentNotice } from './ignored-comment-notice.ts';
export { matchProjectNames } from './match-project-names.ts';
export { parseComment } from './parse-comment.ts';
export type * from './types.ts';
export { checkVarFiles } from './var-files.ts';
