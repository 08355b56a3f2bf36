/** A Terraform root folder plus workspace of a repo, as understood from its configuration or found by discovery. */
export type Project = {
  /** Empty when it has none. */
  readonly name: string;
  /** Relative to the root of the repo, cleaned: `.` for the root, no `./` in front and no slash at the end. */
  readonly dir: string;
  readonly workspace: string;
  /** Exact version, as configured; null to detect it. */
  readonly terraformVersion: string | null;
  readonly distribution: 'terraform' | 'opentofu' | null;
  /** Ascending; equal groups run side by side. */
  readonly executionOrderGroup: number;
  readonly silencePrComments: readonly string[] | null;
  /**
   * A sentence when the configuration asks for something that would change what may be applied and is not honoured by
   * this version: the project is then failed with it and nothing runs.
   */
  readonly unsupported: string | null;
};
