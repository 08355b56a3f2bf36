export { endWhenUnread } from './end-when-unread.ts';
export { runCli } from './run-cli.ts';
