import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@sluice/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onFile, type Place, type Ran, runIn, type Served, served } from '../at.testing.ts';

const PLACES = { 'a server': served, 'a file': onFile } as const;

describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('export and import on %s', (name) => {
  let at: Place & { close(): Promise<void> };
  beforeEach(async () => {
    at = await PLACES[name]();
    await at.run('flag create checkout --status percentage --percentage 20');
  });
  afterEach(() => at.close());

  it('carry everything to another file, after somebody agreed', async () => {
    const written = await at.run('export all.json');
    expect([written.exit, written.out, written.err]).toEqual([0, '', expect.stringContaining('1 flags')]);
    expect((await at.run('export')).out).toContain('"checkout"');
    const there = { SLUICE_URL: '', SLUICE_FILE: 'other.json' };
    const dry = await at.run('import all.json --reason moving --dry-run', { variables: there });
    expect([dry.exit, dry.out]).toEqual([0, expect.stringMatching(/flag +checkout +create[\s\S]*Nothing was changed/)]);
    expect((await at.run('import all.json --reason moving', { variables: there })).exit).toBe(1);
    const input = await readFile(join(at.folder, 'all.json'), 'utf8');
    const done = await at.run('import - --reason moving --yes --json', { variables: there, input });
    expect(done.json).toMatchObject({ changed: true });
    expect((await at.run('flag get checkout --json', { variables: there })).json).toMatchObject({ rolloutPercentage: 20 });
    await at.run('flag set checkout --percentage 30', { variables: there });
    const refused = await at.run('import all.json --reason moving --yes', { variables: there });
    expect([refused.exit, refused.err]).toEqual([1, expect.stringContaining('checkout')]);
    expect((await at.run('import all.json --reason back --on-existing merge --yes', { variables: there })).exit).toBe(0);
  });

  it('say what cannot be read', async () => {
    await writeFile(join(at.folder, 'bad.json'), '{');
    expect(await at.run('import bad.json --reason x --yes')).toMatchObject({ exit: 2, err: expect.stringContaining('bad.json') });
    expect((await at.run('import none.json --reason x --yes')).exit).toBe(3);
    await writeFile(join(at.folder, 'other.json'), '{"format":"other"}');
    expect((await at.run('import other.json --reason x --yes')).exit).toBe(2);
    expect((await at.run('export other.json/below.json')).exit).toBe(5);
  });
});

describe('tokens', () => {
  let at: Served;
  beforeEach(async () => {
    at = await served();
  });
  afterEach(() => at.close());

  it('are made, listed without secrets, and revoked', async () => {
    const made = await at.run('token create backend --expires 2027-06-30T00:00:00Z --json');
    const { token, secret } = made.json as { token: { id: string }; secret: string };
    expect((await createClient({ url: at.url, token: secret }).access.me({})).boundTo?.environment).toBe('production');
    const listed = await at.run('token list');
    expect(listed.out).toMatch(/server +backend +production/);
    expect(listed.out).not.toContain(secret);
    expect((await at.run(`token revoke ${token.id}`)).exit).toBe(1);
    expect((await at.run(`token revoke ${token.id} --yes`)).out).toMatch(/is refused/);
    expect((await at.run('token list')).out).toMatch(/revoked/);
    await expect(createClient({ url: at.url, token: secret }).access.me({})).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('are of a server, and of two kinds', async () => {
    expect((await at.run('token create x --kind other')).err).toMatch(/server or client/);
    expect((await at.run('token list --file flags.json')).err).toMatch(/done on a server/);
  });
});

describe('a login', () => {
  it('keeps a token that works, for its owner alone', async () => {
    const at = await served();
    const bare = { SLUICE_TOKEN: '', SLUICE_PROJECT: '' };
    const login = await at.run('login --token - --project shop', { variables: bare, input: `${at.token}\n` });
    expect([login.exit, login.out]).toEqual([0, expect.stringContaining('admin@example.org')]);
    expect(login.out).not.toContain(at.token);
    const profile = join(at.folder, '.config/sluice/profile.json');
    expect((await stat(profile)).mode & 0o777).toBe(0o600);
    expect((await at.run('flag list', { variables: bare })).exit).toBe(0);
    expect((await at.run('login --token wrong')).exit).toBe(6);
    const nowhere = { ...bare, SLUICE_PROFILE: '/proc/none/none/profile.json' };
    const unkept = await at.run('login --token -', { variables: nowhere, input: `${at.token}\n` });
    expect([unkept.exit, unkept.err]).toEqual([
      5,
      expect.stringMatching(/\/proc\/none\/none\/profile\.json cannot be written: /),
    ]);
    expect((await at.run('login')).exit).toBe(2);
    await at.close();
  });
});

const PHRASE = 'at least twelve characters';
const NO_FILE = { SLUICE_FILE: '' };

/** Resolves with where it listens and the secret of its set-up. */
function listening(at: Place, signal: AbortSignal): { started: Promise<{ url: string; secret: string }>; ended: Promise<Ran> } {
  let told = '';
  let tell: (found: { url: string; secret: string }) => void = () => undefined;
  const found = new Promise<{ url: string; secret: string }>((resolve) => {
    tell = resolve;
  });
  const ended = at.run(['serve', '--port', '0', '--data', join(at.folder, 'data')], {
    variables: { SLUICE_FILE: '', SLUICE_LOG_LEVEL: 'warn' },
    ended: signal,
    onText: (text) => {
      told += text;
      const [, url] = /serves at (\S+)/.exec(told) ?? [];
      const [, secret] = /setup#([\w-]+)"/.exec(told) ?? [];
      if (url !== undefined && secret !== undefined) tell({ url, secret });
    },
  });
  const failed = ended.then(({ err }) => Promise.reject(new Error(err)));
  failed.catch(() => undefined);
  return { started: Promise.race([found, failed]), ended };
}

describe('a server of its own', () => {
  it('is run, set up and logged in to, and ends when it is told', async () => {
    const at = await onFile();
    const ending = new AbortController();
    const serving = listening(at, ending.signal);
    const { url, secret } = await serving.started;
    const wrong = await at.run(`login --url ${url} --email ann@example.com --setup wrong`, { variables: NO_FILE, input: PHRASE });
    expect([wrong.exit, wrong.out]).toEqual([6, '']);
    const login = `login --url ${url} --email ann@example.com --setup ${secret} --environment development`;
    expect((await at.run(login, { variables: NO_FILE, answers: [PHRASE] })).exit).toBe(0);
    expect((await at.run('flag create checkout --json', { variables: NO_FILE })).json).toMatchObject({ name: 'checkout' });
    const glass = `kill checkout --reason "the database is away" --break-glass data/break-glass.token`;
    const killed = await at.run(glass, { variables: NO_FILE });
    expect([killed.exit, killed.out]).toEqual([0, expect.stringMatching(/status +disabled\nstored +yes/)]);
    expect((await at.run(`${glass} --json`, { variables: NO_FILE })).json).toMatchObject({ changed: false, keptIn: 'store' });
    expect((await at.run(glass)).err).toMatch(/with --file a kill needs none/);
    expect((await at.run('kill checkout --break-glass none', { variables: NO_FILE })).exit).toBe(3);
    await writeFile(join(at.folder, 'notes.txt'), 'two lines\nof something else\n');
    const other = await at.run('kill checkout --break-glass notes.txt', { variables: NO_FILE });
    expect([other.exit, other.err]).toEqual([2, expect.stringMatching(/notes\.txt has other text/)]);
    const again = await at.run(`login --url ${url} --email ann@example.com`, { variables: NO_FILE, input: 'another password' });
    expect(again.exit).toBe(6);
    ending.abort();
    expect((await serving.ended).exit).toBe(0);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    await at.close();
  });

  it('says which setting is wrong', async () => {
    const wrong = await runIn('/', { DATABASE_URL: 'mysql://x' }, 'serve');
    expect([wrong.exit, wrong.err]).toEqual([2, expect.stringContaining('DATABASE_URL')]);
  });
});
