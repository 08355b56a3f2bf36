import { generateKeyPairSync } from 'node:crypto';
import type { Handler } from './handler.ts';
import type { FakeHook } from './state.ts';

/** What GitHub answers about accounts, apps and webhooks, to whoever sets a server up. */
export const setUpHandlers: Readonly<Record<string, Handler>> = {
  'GET /app': ({ state, description }) => {
    const { slug, permissions, events } = state.app;
    return { status: 200, body: { ...description.example('GET /app', 200), slug, permissions, events } };
  },
  'GET /app/installations': ({ state, description }) => {
    const { permissions, events } = state.app;
    // The example's account is not as the description has it.
    const example = { ...description.example('GET /app/installations', 200), account: null };
    return { status: 200, body: state.app.installations.map((id) => ({ ...example, id, permissions, events })) };
  },
  'GET /app/hook/config': ({ state }) => ({ status: 200, body: configOf(state.app.hook) }),
  'GET /app/hook/deliveries': ({ state, description }) => {
    const example = description.example('GET /app/hook/deliveries', 200);
    const { code } = state.app.hook.lastResponse;
    return { status: 200, body: code === null ? [] : [{ ...example, status_code: code, status: String(code) }] };
  },
  'POST /app/installations/{installation_id}/access_tokens': ({ state, description }, { parameters }) => {
    if (!state.app.installations.includes(Number(parameters.installation_id))) {
      return { status: 404, body: { message: 'Not Found' } };
    }
    const token = `ghs_${parameters.installation_id}_${state.nextId++}`;
    state.tokens.add(token);
    const example = description.example('POST /app/installations/{installation_id}/access_tokens', 201);
    return { status: 201, body: { ...example, token, expires_at: new Date(Date.now() + 3_600_000).toISOString() } };
  },
  'POST /app-manifests/{code}/conversions': ({ state, description }, { parameters }) => {
    const code = parameters.code ?? '';
    if (!state.manifestCodes.delete(code)) return { status: 404, body: { message: 'Not Found' } };
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const example = description.example('POST /app-manifests/{code}/conversions', 201);
    return { status: 201, body: { ...example, slug: state.app.slug, pem, webhook_secret: `hook-secret-of-${code}` } };
  },
  'GET /user': ({ state, description }) => ({
    status: 200,
    body: { ...description.example('GET /user', 200), login: state.login, user_view_type: 'public' },
  }),
  'GET /repos/{owner}/{repo}/hooks': ({ state, description }, { parameters }) => {
    const repo = state.repos.get(`${parameters.owner}/${parameters.repo}`);
    if (!repo || repo.hooks === null) return { status: 404, body: { message: 'Not Found' } };
    const example = description.example('GET /repos/{owner}/{repo}/hooks', 200);
    const render = (hook: FakeHook) => ({
      ...example,
      active: hook.active,
      events: hook.events,
      config: configOf(hook),
      last_response: hook.lastResponse,
    });
    return { status: 200, body: repo.hooks.map(render) };
  },
};

function configOf({ url, hasSecret, contentType, insecure }: FakeHook) {
  const secret = hasSecret ? { secret: '********' } : {};
  return { url, content_type: contentType, insecure_ssl: insecure ? '1' : '0', ...secret };
}
