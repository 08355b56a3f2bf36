export {
  type FindRepoDeps,
  type FoundRepo,
  findRepo,
  findReposByFullName,
  getRepo,
  repoSource,
  setVisibility,
} from './find-repo.ts';
export type * from './types.ts';
