/**
 * Every error code with the sentence a person reads. `docs/errors.md` is held equal to this table by a test.
 * Codes are part of the interface: they are added, never renamed.
 */
export const errorCatalogue = {
  // lib
  internal: 'Something went wrong inside Polder; the log has the details.',
  folder_unusable: 'A folder that the server needs cannot be made.',
  // db
  database_unavailable: 'The database cannot be reached or opened.',
  database_in_use: 'Another Polder server uses this database file.',
  disk_full: 'There is no space left on the disk.',
  // config
  option_invalid: 'A server option has a value that is not accepted.',
  // repos and hosts
  host_not_configured: 'The host type is known, but this server is not configured for it.',
  repo_not_found: 'The repository does not exist on its host.',
  host_unavailable: 'The host of the repository cannot be asked now: it is down, or its rate limit is used up.',
  host_refused: 'The host of the repository refuses what was asked of it, or answers with something else.',
  // git
  git_failed: 'A git command ended with an error.',
  // checkouts
  path_outside: 'A path leaves the repository.',
  // terraform
  engine_not_found: 'No Terraform or OpenTofu of the wanted version can be found.',
  engine_download_failed: 'Downloading the engine went wrong, or what came did not match its checksum or signature.',
  engine_failed: 'Terraform or OpenTofu ended with an error.',
  engine_timeout: 'Terraform or OpenTofu ran longer than its time limit.',
  // command line
  server_refused: 'The server that a command asked could not be reached, or said no.',
  // queue
  task_lost: 'Another worker has taken over this work.',
  // pulls
  command_ended: 'The command was cancelled, or is not needed any more, before its work began.',
  // runs
  commit_gone: 'The commit of a run is nowhere to be found any more.',
  plan_invalid: 'The saved plan does not match what would be applied.',
  state_conflict: 'The kept state changed in a way that does not continue the one before.',
} as const;

/** A stable error code. */
export type ErrorCode = keyof typeof errorCatalogue;
