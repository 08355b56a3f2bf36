export type { HttpDeps, HttpSettings } from './deps.ts';
export { defaultTimeouts, type Timeouts } from './node-server.ts';
export { createHttpServer, type HttpServer } from './server.ts';
