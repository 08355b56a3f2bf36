export { appManifest } from './app-manifest.ts';
export { type GithubAppSetup, type GithubAppSetupOptions, githubAppSetup, type NewGithubApp } from './app-setup.ts';
export type { GithubCredentials } from './auth.ts';
export { type GithubHostOptions, githubHost } from './github-host.ts';
export { isGithubDelivery } from './webhook.ts';
