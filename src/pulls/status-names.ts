import type { StatusNames } from './run-statuses.ts';
import type { PullSettings } from './settings.ts';

/** How commit statuses are named and linked, by the server's options. */
export function statusNames(settings: PullSettings): StatusNames {
  const { vcsStatusName: statusName, maxProjectStatuses: maxProjects, baseUrl } = settings;
  return { statusName, maxProjects, baseUrl };
}
