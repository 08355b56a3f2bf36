import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FakeGithub, fakeGithub, newHook } from '../../../test/fakes/github/index.ts';
import { onCleanup } from '../../../test/support/cleanup.ts';
import { testEngine } from '../../../test/support/engine.ts';
import { makeBareRepo, makeRepo } from '../../../test/support/git.ts';
import { temporaryDir } from '../../../test/support/temp.ts';
import { runCli } from '../index.ts';

type Run = { readonly words: readonly string[]; readonly env?: Readonly<Record<string, string>> };

async function doctor({ words, env = {} }: Run) {
  const output: string[] = [];
  const complaints: string[] = [];
  const code = await runCli({
    words: ['doctor', ...words],
    env: { PATH: process.env.PATH, ...env },
    now: Date.now,
    signals: process,
    write: (text) => void output.push(text),
    complain: (message) => void complaints.push(message),
  });
  return { code, output: output.join(''), complaints };
}

/** Its lines as `level about`, and a look at one of them. */
function read(output: string) {
  const lines = output.trimEnd().split('\n');
  const parsed = lines.map((line) => /^(\w+) +(.+?): (.+)$/.exec(line)?.slice(1) ?? ['', '', line]);
  return {
    all: parsed.map(([level, about]) => `${level} ${about}`),
    of: (about: string) => parsed.filter((line) => line[1] === about).map(([level, , text]) => `${level}: ${text}`),
  };
}

/** Something that answers as a server does. */
async function healthyServer(body = '{\n  "status": "ok"\n}'): Promise<string> {
  const server = createServer((_, response) => void response.end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanup(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function addInfra(reposDir: string): Promise<void> {
  const source = join(await temporaryDir(), 'source');
  await makeRepo(source, { 'main.tf': '' });
  await makeBareRepo(join(reposDir, 'acme/infra.git'), source);
}

async function localSetUp() {
  const dir = await temporaryDir();
  const reposDir = join(dir, 'repos');
  await mkdir(join(reposDir, 'acme'), { recursive: true });
  const flags = [
    `--data-dir=${join(dir, 'data')}`,
    `--local-repos-dir=${reposDir}`,
    '--repo-allowlist=local/acme/*',
    `--terraform-binary=${testEngine().binary}`,
    `--atlantis-url=${await healthyServer()}`,
  ];
  return { dir, reposDir, flags };
}

describe('polder doctor', () => {
  it('finds all well where all is well', async () => {
    const { flags, reposDir } = await localSetUp();
    await addInfra(reposDir);
    const { code, output } = await doctor({ words: [...flags, '--repo=acme/infra'] });
    const { all, of } = read(output);
    expect(all).toEqual([
      'ok polder',
      'ok options',
      'ok data folder',
      'ok database',
      'ok engine',
      'ok git',
      'ok address',
      'ok local repositories',
      'ok local allow-list',
      'ok local git',
    ]);
    expect(of('local git')).toEqual(['ok: reads acme/infra: 1 branch']);
    expect(of('database')).toEqual([expect.stringMatching(/^ok: SQLite 3\.\d+\.\d+, .* will be made$/)]);
    expect(code).toBe(0);
  });

  it('makes nothing', async () => {
    const { dir, flags } = await localSetUp();
    await doctor({ words: flags });
    expect(await readdir(dir)).toEqual(['repos']);
  });

  it('ends with 1 and says what to do about each problem', async () => {
    const { dir, flags } = await localSetUp();
    const url = await healthyServer('<h1>Welcome to nginx</h1>');
    const words = [
      ...flags,
      '--data-dir=/proc/nowhere',
      '--database-url=postgres://polder:s3cretword@127.0.0.1:1/polder',
      `--terraform-binary=${join(dir, 'missing')}`,
      `--atlantis-url=${url}`,
      '--repo=acme/other',
    ];
    const { code, output } = await doctor({ words });
    const { all, of } = read(output);
    expect(all.filter((line) => line.startsWith('problem'))).toEqual([
      'problem data folder',
      'problem database',
      'problem engine',
      'problem address',
      'problem local repository',
    ]);
    expect(of('database')[0]).toMatch(/postgres:\/\/polder:\*\*\*@127\.0\.0\.1:1\/polder.* → check --database-url/);
    expect(of('address')[0]).toMatch(/is no Polder: status 200 for \/healthz → correct --atlantis-url/);
    expect(output).not.toContain('s3cretword');
    expect(code).toBe(1);
  });

  it('ends with 2 when the options are not valid, with a line for each', async () => {
    const { code, output, complaints } = await doctor({ words: ['--port=99999', '--local-repos-dir=/srv'] });
    expect(read(output).of('options')).toEqual([
      'problem: --repo-allowlist must be set for security purposes → `polder server --help` lists the options',
      'problem: --port: 99999 is too large, the most is 65535 → `polder server --help` lists the options',
    ]);
    expect([code, complaints]).toEqual([2, []]);
  });

  it('reads the variables and the configuration file of the server', async () => {
    const { dir } = await localSetUp();
    const config = join(dir, 'server.yaml');
    await writeFile(config, 'repo-allowlist: local/*\nlanguage: es\n');
    const env = { ATLANTIS_CONFIG: config, ATLANTIS_DATA_DIR: dir, POLDER_LOCAL_REPOS_DIR: dir };
    const { of } = read((await doctor({ words: [], env })).output);
    expect(of('options')).toEqual([
      expect.stringContaining('accepted, but without effect in this version: --language'),
    ]);
    expect(of('data folder')).toEqual([expect.stringContaining(`ok: ${dir} can be written to`)]);
  });

  it('tells a server-side configuration that is not valid', async () => {
    const { dir, flags } = await localSetUp();
    const file = join(dir, 'repos.yaml');
    await writeFile(file, 'repos:\n- id: acme/infra\n  aply_requirements: [approved]\n');
    const { code, output } = await doctor({ words: [...flags, `--repo-config=${file}`] });
    expect(read(output).of('server-side rules')).toEqual([expect.stringMatching(/^problem: .*aply_requirements/)]);
    expect(code).toBe(1);
  });

  it('says that a repository is not allowed', async () => {
    const { flags } = await localSetUp();
    const { output } = await doctor({ words: [...flags, '--repo=other/infra'] });
    expect(read(output).of('local allow-list')).toEqual([
      'problem: local/other/infra is not on it → add a rule to --repo-allowlist, such as local/other/infra',
    ]);
  });

  it.each(['infra', 'https://github.com/acme/infra', 'acme//infra'])('asks how %s is to be written', async (repo) => {
    const { flags } = await localSetUp();
    const { code, output } = await doctor({ words: [...flags, `--repo=${repo}`] });
    expect(read(output).of('repository')[0] ?? output).toContain('write --repo owner/name');
    expect(code).toBe(1);
  });

  it('tells files of certificates that cannot be used', async () => {
    const { dir, flags } = await localSetUp();
    const missing = join(dir, 'missing.pem');
    const empty = join(dir, 'empty.pem');
    await writeFile(empty, '');
    const { code, output } = await doctor({
      words: [...flags, `--ssl-cert-file=${missing}`, `--ssl-key-file=${missing}`],
      env: { SSL_CERT_FILE: missing, SSL_CERT_DIR: `${dir}:${missing}`, GIT_SSL_CAINFO: empty },
    });
    const { of } = read(output);
    expect(of('certificate')).toEqual([expect.stringMatching(/^problem: ENOENT.*→ correct --ssl-cert-file/)]);
    expect(of('authorities')).toEqual([
      expect.stringMatching(/^problem: SSL_CERT_FILE names .*missing.pem: ENOENT/),
      expect.stringMatching(/^problem: GIT_SSL_CAINFO names .*empty.pem: no certificate in PEM is in it/),
      expect.stringMatching(/^problem: SSL_CERT_DIR names .*missing.pem: ENOENT/),
    ]);
    expect(code).toBe(1);
  });

  it('writes JSON for programs', async () => {
    const { flags } = await localSetUp();
    const good = JSON.parse((await doctor({ words: [...flags, '--json'] })).output);
    expect(good).toMatchObject({ ok: true });
    expect(good.findings[1]).toEqual({ level: 'ok', about: 'options', text: 'are valid', remedy: null });
    const bad = await doctor({ words: ['--json', '--port=x'] });
    expect(JSON.parse(bad.output)).toMatchObject({ ok: false, findings: [{ level: 'problem', about: 'options' }] });
  });

  it('tells its own flags', async () => {
    const { code, output } = await doctor({ words: ['--help'] });
    expect([code, output]).toEqual([0, expect.stringContaining('--repo <text>')]);
  });
});

describe('polder doctor, with a host', () => {
  async function githubSetUp(): Promise<{ github: FakeGithub; flags: string[]; env: Record<string, string> }> {
    const { flags, dir } = await localSetUp();
    const reposDir = join(dir, 'github');
    await addInfra(reposDir);
    const github = await fakeGithub({ reposDir });
    github.addRepo('acme/infra').hooks?.push(newHook('https://polder.invalid/events'));
    const own = [
      ...['--gh-user=polder-bot', `--gh-hostname=${github.hostname}`, '--gh-webhook-secret=webhook-secret'],
      '--repo-allowlist=*',
    ];
    const kept = flags.filter((flag) => !flag.startsWith('--local-repos-dir'));
    return {
      github,
      flags: [...kept, ...own, '--atlantis-url=https://polder.invalid'],
      env: {
        ATLANTIS_GH_TOKEN: github.token,
        SSL_CERT_FILE: github.certificateFile,
      },
    };
  }

  it('asks the host and git', async () => {
    const { github, flags, env } = await githubSetUp();
    const { output } = await doctor({ words: [...flags, '--repo=acme/infra'], env });
    const { all, of } = read(output);
    const host = github.hostname;
    const abouts = ['allow-list', 'connection', 'clock', 'token', 'token scopes', 'repository', 'webhook', 'git'];
    expect(all.filter((line) => line.includes(host))).toEqual(abouts.map((about) => `ok ${host} ${about}`));
    expect(of(`${host} git`)).toEqual(['ok: reads acme/infra: 1 branch']);
    expect(of('address')).toEqual([expect.stringMatching(/^warning: .*start the server/)]);
    expect(output).not.toContain(github.token);
  });

  it('tells trouble with a private authority as such, once', async () => {
    const { github, flags, env } = await githubSetUp();
    const { SSL_CERT_FILE: _, ...without } = env;
    const { code, output } = await doctor({ words: [...flags, '--repo=acme/infra'], env: without });
    const problems = output.split('\n').filter((line) => line.startsWith('problem'));
    expect(problems).toEqual([
      expect.stringMatching(new RegExp(`^problem +${github.hostname} connection: .*SSL_CERT_FILE`)),
    ]);
    expect(code).toBe(1);
  });

  it('tells where git alone does not get there', async () => {
    const { flags, env } = await githubSetUp();
    const apart = { ...env, https_proxy: 'http://127.0.0.1:1' };
    const { output } = await doctor({ words: [...flags, '--repo=acme/infra'], env: apart });
    const problems = output.split('\n').filter((line) => line.startsWith('problem'));
    expect(problems).toEqual([expect.stringMatching(/ git: .*Failed to connect.*→ check that git gets there/)]);
  });

  it('tells a port without HTTPS as such', async () => {
    const { flags, env } = await githubSetUp();
    const plain = (await healthyServer()).replace('http://', '');
    const { output } = await doctor({ words: [...flags, `--gh-hostname=${plain}`], env });
    expect(output).toMatch(/ connection: asking https:\S+: what answers there is no HTTPS → use the port/);
  });

  it('says when there is no host that it works with', async () => {
    const { flags } = await localSetUp();
    const kept = flags.filter((flag) => !flag.startsWith('--local-repos-dir'));
    const words = [...kept, '--bitbucket-user=bot', '--bitbucket-token=secret', '--repo=acme/infra'];
    const { code, output } = await doctor({ words });
    expect(read(output).of('hosts')).toEqual([
      expect.stringMatching(/^problem: there is none that this version works with/),
    ]);
    expect([code, output]).toEqual([1, expect.not.stringContaining('several hosts')]);
  });

  it('tells trouble of the host itself as such', async () => {
    const { github, flags, env } = await githubSetUp();
    github.fail(/GET \/user/, { status: 502 }, 4);
    const { output } = await doctor({ words: flags, env });
    const problems = output.split('\n').filter((line) => line.startsWith('problem'));
    expect(problems).toEqual([expect.stringMatching(/ token: .*status 502 → look whether the host is well/)]);
  });

  it('tells a used-up rate limit, and a token that no header can hold, as such', async () => {
    const { github, flags, env } = await githubSetUp();
    const broken = await doctor({ words: flags, env: { ...env, ATLANTIS_GH_TOKEN: 'two\nlines' } });
    expect(broken.output).toMatch(/ token: .*→ see that the token has no line break/);
    const inAnHour = String(Math.floor(Date.now() / 1000) + 3600);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAnHour };
    github.fail(/GET \/user/, { status: 403, headers, body: { message: 'API rate limit exceeded' } }, 4);
    const { output } = await doctor({ words: flags, env });
    expect(output).toMatch(/ token: .*the rate limit is used up → wait until it is renewed/);
  });

  it('shows no secret that a host repeats', async () => {
    const { github, flags, env } = await githubSetUp();
    github.fail(/GET \/user/, { status: 403, body: { message: `no, ${github.token}` } });
    const { output } = await doctor({ words: flags, env });
    expect(output).toContain('<redacted>');
    expect(output).not.toContain(github.token);
  });

  it('shows no secret of a file that a host repeats', async () => {
    const { github, flags, env } = await githubSetUp();
    const file = join(await temporaryDir(), 'token');
    await writeFile(file, `${github.token}\n`);
    const { ATLANTIS_GH_TOKEN: _, ...without } = env;
    github.fail(/GET \/user/, { status: 403, body: { message: `no, ${github.token}` } });
    const { output } = await doctor({ words: [...flags, `--gh-token-file=${file}`], env: without });
    expect(output).toContain('<redacted>');
    expect(output).not.toContain(github.token);
  });
});
