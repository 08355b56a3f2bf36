/**
 * Every error code with the sentence a person reads. `docs/errors.md` is held equal to this table by a test.
 * Codes are part of the interface: they are added, never renamed.
 */
export const errorCatalogue = {
  // lib
  internal: 'Something went wrong inside Polder; the log has the details.',
  // db
  database_unavailable: 'The database cannot be reached or opened.',
  database_in_use: 'Another Polder server uses this database file.',
  disk_full: 'There is no space left on the disk.',
  // config
  option_invalid: 'A server option has a value that is not accepted.',
  option_not_available: 'A server option asks for a protection that this version does not have yet.',
  // repos and hosts
  host_not_configured: 'The host type is known, but this server is not configured for it.',
  repo_not_found: 'The repository does not exist on its host.',
  repo_not_allowed: 'The repository is not on the allow-list.',
  // git
  git_failed: 'A git command ended with an error.',
  ref_unsafe: 'The ref has a form that is not passed to git.',
  ref_not_found: 'The repository has no such branch, tag or commit.',
  // repo-config and projects
  repo_config_invalid: 'The repository configuration file has an error.',
  project_not_found: 'No such project is defined.',
  path_outside: 'A path leaves the repository.',
  // terraform
  engine_not_found: 'No Terraform or OpenTofu of the wanted version can be found.',
  engine_download_failed: 'Downloading the engine went wrong, or what came did not match its checksum or signature.',
  engine_failed: 'Terraform or OpenTofu ended with an error.',
  engine_timeout: 'Terraform or OpenTofu ran longer than its time limit.',
  // queue
  task_lost: 'Another worker has taken over this work.',
  // runs
  run_not_found: 'There is no such run.',
  plan_invalid: 'The saved plan does not match what would be applied.',
  state_conflict: 'The kept state changed in a way that does not continue the one before.',
} as const;

/** A stable error code. */
export type ErrorCode = keyof typeof errorCatalogue;
