export type { GithubCredentials } from './auth.ts';
export { type GithubHostOptions, githubHost } from './github-host.ts';
export { isGithubDelivery } from './webhook.ts';
