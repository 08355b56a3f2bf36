import type { ProjectSettings } from '../repo-config/index.ts';

/** A Terraform root folder plus workspace of a repo, as understood from its configuration or found by discovery. */
export type Project = ProjectSettings & {
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
  /**
   * Patterns, relative to its folder, of the files whose change concerns it. Null when the configuration does not list
   * it: then discovery decides.
   */
  readonly whenModified: readonly string[] | null;
};
