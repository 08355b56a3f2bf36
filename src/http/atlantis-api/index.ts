import type { App } from '../app.ts';
import type { HttpContext } from '../deps.ts';
import { useGoJson } from '../json-api.ts';
import { addLockList } from './lock-list.ts';
import { addLockRoutes } from './lock-routes.ts';
import { addRunRoutes } from './run-routes.ts';

/** The API that Atlantis has (https://www.runatlantis.io/docs/api-endpoints), and its manual locks. */
export function registerAtlantisApi(app: App, context: HttpContext): void {
  useGoJson(app, context);
  addRunRoutes(app, context);
  addLockRoutes(app, context);
  addLockList(app, context);
}
