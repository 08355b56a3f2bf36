import { STATUS_CODES } from 'node:http';
import type { App } from '../app.ts';
import type { HttpContext } from '../deps.ts';
import { problemOf } from '../errors.ts';
import { plainText } from '../replies.ts';
import { addApplyLockRoutes } from './apply-lock.ts';
import { addGithubAppPages } from './github-app.ts';
import { addIndexPage } from './index-page.ts';
import { addJobPage } from './job-page.ts';
import { addLockPage } from './lock-page.ts';
import { addPullPage } from './pull-page.ts';
import { addRunPage } from './run-page.ts';
import { addStaticFiles } from './static-files.ts';

/** Plain pages for people, and the routes that their buttons and Atlantis' scripts use. No page needs a script. */
export function registerPages(app: App, context: HttpContext): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  // What else is sent is not looked at.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, {}));
  app.setErrorHandler(async (error, request, reply) => {
    const { status, message, headers, isFault } = problemOf(error);
    if (isFault) context.log.error({ err: error, route: request.routeOptions.url }, 'page went wrong');
    return reply
      .code(status)
      .headers(headers)
      .type(plainText)
      .send(isFault ? `${status} ${STATUS_CODES[status]}` : `${message}\n`);
  });
  addIndexPage(app, context);
  addLockPage(app, context);
  addRunPage(app, context);
  addJobPage(app, context);
  addPullPage(app, context);
  if (!context.settings.disableGlobalApplyLock) addApplyLockRoutes(app, context);
  addGithubAppPages(app, context);
  addStaticFiles(app);
}
