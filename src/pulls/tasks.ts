/** Carries out one command of a pull request: `{ commandId }`. One after another for each pull request. */
export const commandTask = 'pull_command';

/** What is due at once when a command comes, whatever runs: `{ commandId }`. */
export const greetTask = 'pull_greeting';

/** Posts a comment that waits for nothing: `{ host, fullName, number, body, react }`. */
export const noticeTask = 'pull_notice';

/** Sets the combined statuses of a pull request whose plans were thrown away: `{ repoId, number }`. */
export const statusTask = 'pull_statuses';

/** Sets the commit statuses that come of a run of a pull request that no command asked for: `{ runId }`. */
export const apiRunTask = 'pull_api_run';

/** Sets a commit status again that its host has refused: `{ repoId, number, headSha, context }`. */
export const refusedStatusTask = 'pull_refused_status';

/** Says in a comment that a command of which no status tells still waits: `{ commandId }`. */
export const waitingTask = 'pull_waiting';
