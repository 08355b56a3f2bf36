import type { App } from '../app.ts';
import { requireAbility } from '../auth.ts';
import type { HttpContext } from '../deps.ts';
import { useGoJson } from '../json-api.ts';
import { addLogRoutes } from './log-routes.ts';
import { addRunRoutes } from './run-routes.ts';

export { sendLogEvents } from './log-events.ts';
export { logText, projectLabel } from './log-text.ts';
export { runBody, runUrl, toRunBody } from './views.ts';

/** Our own routes: runs, their jobs and logs. All need the API secret or a Polder token. */
export function registerRunsApi(app: App, context: HttpContext): void {
  useGoJson(app, context);
  app.addHook('onRequest', requireAbility(context, { ability: 'runs:read', statusWhenDisabled: 401 }));
  addRunRoutes(app, context);
  addLogRoutes(app, context);
}
