import { describe, expect, it } from 'vitest';
import { startServer } from './server.ts';
import { temporaryDir } from './temp.ts';

const flags = async () => ({ 'repo-allowlist': '*', 'local-repos-dir': await temporaryDir() });

describe('startServer', () => {
  it('gives a server that answers', async () => {
    const server = await startServer({ flags: await flags() });

    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it('stops the server when asked', async () => {
    const server = await startServer({ flags: await flags() });

    expect(await server.stop()).toEqual({ code: 0, signal: null });
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('shows what the server said when it does not start', async () => {
    await expect(startServer({ flags: { 'no-such-flag': 1 } })).rejects.toThrow(
      /ended with \{"code":\d.*no-such-flag/s,
    );
  });
});
