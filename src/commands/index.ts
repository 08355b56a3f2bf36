export { describeCommand } from './describe-command.ts';
export type * from './types.ts';
