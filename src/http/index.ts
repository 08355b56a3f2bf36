export type { HttpDeps, HttpSettings } from './deps.ts';
export { defaultTimeouts, type Timeouts } from './node-server.ts';
export { openPort } from './open-port.ts';
export { createHttpServer, type HttpServer } from './server.ts';
