export {
  dropOldPlans,
  dropPlansOfJob,
  keepPlanJson,
  keptPlanJson,
  type LoadedPlan,
  loadPlan,
  type NewPlan,
  type PlanBasis,
  savePlan,
} from './saved-plans.ts';
