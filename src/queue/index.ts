export { enqueue, type NewTask } from './enqueue.ts';
export { dataDirsOn, deregisterInstance, type Instance, type InstanceDeps, registerInstance } from './instance.ts';
export { type Handler, startWorker, type Task, type Worker, type WorkerDeps } from './worker.ts';
