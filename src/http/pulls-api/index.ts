import type { App } from '../app.ts';
import { requireAbility } from '../auth.ts';
import type { HttpContext } from '../deps.ts';
import { useGoJson } from '../json-api.ts';
import { addActRoutes } from './act-routes.ts';
import { addCommentRoutes } from './comment-routes.ts';
import { addPullRoutes } from './pull-routes.ts';

/** Local pull requests. All routes need the API secret or a Polder token. */
export function registerPullsApi(app: App, context: HttpContext): void {
  useGoJson(app, context);
  app.addHook('onRequest', requireAbility(context, { ability: 'runs:read', statusWhenDisabled: 401 }));
  app.addHook('onRequest', async (_request, reply) => {
    if (context.localPulls) return undefined;
    const error = 'this server has no local repositories: --local-repos-dir is not set';
    return reply.code(400).send({ error });
  });
  addPullRoutes(app, context);
  addCommentRoutes(app, context);
  addActRoutes(app, context);
}
