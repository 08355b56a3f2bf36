import { fence, linkTarget, oneLine } from './markdown.ts';

/* The list at the end of a result: what can be done next. */

/** A point that ends with a comment to copy. */
function commandHint(text: string, command: string): string {
  return `* ${text}\n${fence(oneLine(command), 'shell', '  ')}`;
}

export function applyHint(command: string): string {
  return commandHint(':arrow_forward: To **apply** this plan, comment:', command);
}

export function planAgainHint(command: string): string {
  return commandHint(':repeat: To **plan** this project again, comment:', command);
}

export function stalePlanHint(command: string): string {
  const reason = 'A plan that was applied in part cannot be applied again.';
  return commandHint(`:repeat: ${reason} To **plan** this project again, comment:`, command);
}

/** Empty without a lock. */
export function lockHint(lockUrl: string | null): string {
  if (lockUrl === null) return '';
  return `* :put_litter_in_its_place: To **delete** this plan and lock, click [here](${linkTarget(lockUrl)})`;
}

export function applyAllHint(command: string, requestName: string): string {
  return commandHint(`:fast_forward: To **apply** all unapplied plans from this ${requestName}, comment:`, command);
}

export function unlockHint(command: string, requestName: string): string {
  return commandHint(
    `:put_litter_in_its_place: To **delete** all plans and locks from this ${requestName}, comment:`,
    command,
  );
}
