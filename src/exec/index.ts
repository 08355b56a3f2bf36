export { joinHeadAndTail } from './bounded-output.ts';
export { readCapped } from './cap-file.ts';
export { childEnvironment } from './child-environment.ts';
export { identify, isAlive, machineId, processesIn, signalGroup, waitForExit } from './process-identity.ts';
export { runProcess } from './run-process.ts';
export type * from './types.ts';
