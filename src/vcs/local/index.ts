export { localHost } from './local-host.ts';
