/** What selecting needs to know of the files themselves, beyond their paths. */
export type CommitLook = {
  /**
   * The Terraform Cloud workspaces that the code of folders names, by folder: a project there always works in it.
   * https://developer.hashicorp.com/terraform/language/block/terraform#workspaces
   */
  cloudWorkspaces(dirs: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The folders of projects that use a module in one of these folders, by way of other modules too. */
  moduleDependants(dirs: ReadonlySet<string>): Promise<ReadonlySet<string>>;
};
