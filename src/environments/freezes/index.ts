export {
  addFreezePeriod,
  changeFreezePeriod,
  type FreezeResult,
  type FreezeTimes,
  removeFreezePeriod,
} from './freeze-periods.ts';
export { freezeRequirement } from './freeze-requirement.ts';
export { frozenUntil } from './frozen-until.ts';
export { countFreezePeriods, findFreezePeriod, listFreezePeriods } from './store.ts';
export type * from './types.ts';
