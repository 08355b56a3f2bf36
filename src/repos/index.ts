export { type FindRepoDeps, findRepo, type RepoLookup } from './find-repo.ts';
export { findGroupsByReference, getGroup, groupsOfRepo } from './group-store.ts';
export { repoSource } from './repo-source.ts';
export { findReposByName, findReposByReference, getRepo, reposOfGroup, setVisibility } from './store.ts';
export type * from './types.ts';
