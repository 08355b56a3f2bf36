export { type FindRepoDeps, findRepo, type RepoLookup } from './find-repo.ts';
export { findGroupsByReference, getGroup, groupsOfRepo } from './group-store.ts';
export { repoSource } from './repo-source.ts';
export {
  countRepos,
  findReposByName,
  findReposByReference,
  getRepo,
  listRepos,
  type RepoFilter,
  reposOfGroup,
  setVisibility,
} from './store.ts';
export type * from './types.ts';
