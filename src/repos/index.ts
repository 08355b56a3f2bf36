export { changeVisibility } from './change-visibility.ts';
export { type FindRepoDeps, findRepo, type RepoLookup } from './find-repo.ts';
export { findGroups, findGroupsByReference, getGroup, groupsOfRepo } from './group-store.ts';
export { createRecentSources, type RecentSources } from './recent-sources.ts';
export { repoSource } from './repo-source.ts';
export {
  countRepos,
  ensureRepo,
  findReposByName,
  findReposByReference,
  getRepo,
  listRepos,
  type RepoFilter,
  reposOfGroup,
} from './store.ts';
export * from './types.ts';
