import type { DbHandle } from '../../db/index.ts';
import type { Requirement } from '../../runs/index.ts';
import { frozenUntil } from './frozen-until.ts';
import { listFreezePeriods } from './store.ts';

/** Says no to applies of a repo while one of its freeze periods lasts. */
export function freezeRequirement(deps: { readonly db: DbHandle; readonly now: () => number }): Requirement {
  return async ({ run, repo }) => {
    if (run.kind !== 'apply') return undefined;
    const now = deps.now();
    const periods = await listFreezePeriods(deps.db, repo.id);
    const ends = periods.flatMap((period) => {
      const until = frozenUntil(period, now);
      return until === undefined ? [] : [{ period, until }];
    });
    const last = ends.sort((one, other) => other.until - one.until)[0];
    if (!last) return undefined;
    const { freezeStart, freezeEnd, cronTimezone } = last.period;
    const until = new Date(last.until).toISOString();
    return {
      kind: 'requirement',
      message:
        `Applies of ${repo.fullName} are frozen until ${until} ` +
        `(freeze period ${last.period.id}: from ${freezeStart} to ${freezeEnd}, ${cronTimezone}).`,
    };
  };
}
