export { type GitlabHostOptions, gitlabHost } from './gitlab-host.ts';
