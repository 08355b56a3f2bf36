export { afterUnlock } from './after-unlock.ts';
export type { PullDeps } from './deps.ts';
export { greetingHandlers, pullHandlers } from './handlers.ts';
export { createIntake, type Intake, type IntakeDeps, type Reply } from './intake.ts';
export { onRunEvent as onPullRunEvent } from './on-run-event.ts';
export { listOpenCommands, type OpenCommand } from './open-commands.ts';
export { pullRequirement } from './requirements.ts';
export { type PullSettings, pullSettings } from './settings.ts';
export { sweepDeliveries } from './sweep-deliveries.ts';
