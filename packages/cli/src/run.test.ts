import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onFile, type RunOptions, runIn, type Served, served, words } from './at.testing.ts';
import { COMMANDS } from './commands.ts';

describe('the help', () => {
  const groups = [...new Set(COMMANDS.map(({ name }) => name.split(' ')[0] ?? ''))];
  it.each(['', ...groups, ...COMMANDS.map(({ name }) => name)])(
    'of "sluice %s" fits a screen and shows an example',
    async (name) => {
      const { exit, out } = await runIn('/', {}, [...words(name), '--help']);
      const lines = out.trimEnd().split('\n');
      expect(exit).toBe(0);
      expect(lines.length).toBeLessThanOrEqual(24);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      expect(out).toMatch(/Example: sluice \w/);
    },
  );
});

it('a plan that is not there yet can be begun', async () => {
  const { exit, err } = await runIn('/', {}, 'plan check');
  expect([exit, err]).toEqual([3, expect.stringMatching(/rollout_plan\.yaml does not exist\n +sluice init/)]);
});

it('a flag file that is named and not there is a slip, unless the command makes it', async () => {
  const at = await onFile();
  for (const line of ['flag list', 'flag get x', 'rollout list', 'export', 'kill x --reason slip', 'flag set x --percentage 5']) {
    const { exit, err } = await at.run(`${line} --file flgas.json`);
    expect([line, exit, err]).toEqual([line, 3, expect.stringMatching(/the flag file .*flgas\.json does not exist: name one/)]);
  }
  expect(existsSync(join(at.folder, 'flgas.json'))).toBe(false);
  expect((await at.run('flag create x --file new.json')).exit).toBe(0);
  expect((await at.run('flag list --file new.json')).exit).toBe(0);
  await at.run('init');
  // sluice.json names the file that is to be made.
  expect((await at.run('flag list', { variables: { SLUICE_FILE: '' } })).exit).toBe(0);
  await at.close();
});

describe('a misspelt call', () => {
  it.each([
    ['flga list', 'did you mean flag?'],
    ['flag lst', 'did you mean list?'],
    ['flag list --ownr me', 'did you mean --owner?'],
    ['flag list --jsn', 'did you mean --json?'],
    ['flag get', "missing required argument 'flag'"],
    ['flag get a b', 'too many arguments'],
  ])('"%s" is told what was meant, with exit 2', async (line, hint) => {
    const { exit, err } = await runIn('/', {}, line);
    expect([exit, err.toLowerCase()]).toEqual([2, expect.stringContaining(hint)]);
    expect(err).toMatch(/\(sluice.* --help tells how\)/);
  });
});

describe('where a command works', () => {
  let at: Served;
  beforeEach(async () => {
    at = await served();
    await at.run('flag create in_production');
    await at.run('flag create in_staging --environment staging');
  });
  afterEach(() => at.close());

  it('is told by options before the environment, and by the environment before sluice.json', async () => {
    await writeFile(join(at.folder, 'sluice.json'), '{"url":"http://127.0.0.1:1","environment":"staging"}');
    const named = async (line: string, variables = {}) => (await at.run(line, { variables })).out;
    expect(await named('flag get in_production')).toContain('in_production');
    expect(await named('flag get in_staging', { SLUICE_ENVIRONMENT: '' })).toContain('in_staging');
    expect(await named('flag get in_staging --environment staging')).toContain('in_staging');
    const away = await at.run('flag list', { variables: { SLUICE_URL: '' } });
    expect([away.exit, away.err]).toEqual([5, expect.stringMatching(/127\.0\.0\.1:1 cannot be reached[\s\S]*sluice serve/)]);
  });

  it('refuses a server and a file at once, and what is no URL', async () => {
    const both = await at.run('flag list --url http://localhost --file x.json');
    expect([both.exit, both.err]).toEqual([2, expect.stringContaining('give one of them')]);
    expect((await at.run('flag list --url localhost:4400')).err).toMatch(/must begin with http/);
    await writeFile(join(at.folder, 'sluice.json'), '{"token":"x"}');
    expect((await at.run('flag list')).err).toMatch(/sluice\.json.*token/);
    await writeFile(join(at.folder, 'sluice.json'), '{"url":5}');
    expect((await at.run('flag list')).err).toMatch(/sluice\.json: \/url: /);
  });

  it('sends a kept token to no other server than the one that it was made for', async () => {
    await mkdir(join(at.folder, '.config/sluice'), { recursive: true });
    const path = join(at.folder, '.config/sluice/profile.json');
    await writeFile(path, JSON.stringify({ url: at.url, token: at.token, project: 'shop' }), { mode: 0o600 });
    const bare = { SLUICE_TOKEN: '', SLUICE_URL: '', SLUICE_PROJECT: '' };
    expect((await at.run('flag list', { variables: bare })).exit).toBe(0);
    const other = at.url.replace('127.0.0.1', 'localhost');
    expect((await at.run(`flag list --url ${other}`, { variables: bare })).exit).not.toBe(0);
    await chmod(path, 0o644);
    const open = await at.run('flag list', { variables: bare });
    expect([open.exit, open.err]).toEqual([1, expect.stringContaining(`chmod 600 ${path}`)]);
  });

  it('says what a token may not do', async () => {
    const viewer = { SLUICE_TOKEN: await at.tokenOf('viewer') };
    const denied = await at.run('kill in_production', { variables: viewer });
    expect([denied.exit, denied.err]).toEqual([
      6,
      expect.stringMatching(/rollbacks\.perform[\s\S]*token that was given may not/),
    ]);
    const unknown = await at.run('flag list', { variables: { SLUICE_TOKEN: 'bad' } });
    expect([unknown.exit, unknown.err]).toEqual([6, expect.stringContaining('sluice login keeps a token')]);
    const dots = await at.run('flag create ..');
    expect([dots.exit, dots.err]).toEqual([2, expect.stringContaining('must not be ".."')]);
    expect((await at.run('flag list', { variables: viewer })).exit).toBe(0);
  });

  it('lets no record write the terminal', async () => {
    await at.client.flags.set({
      project: 'shop',
      environment: 'production',
      key: 'in_production',
      settings: { description: 'nice\u001b]0;owned\u0007\u001b[2J\u202e' },
    });
    const { out } = await at.run('flag list');
    expect(out).toContain('nice]0;owned[2J');
  });
});

it('colours for people at a terminal, and for nobody who asks for none', async () => {
  const at = await onFile();
  await at.run('flag create checkout');
  const isColored = async (line: string, options: RunOptions) => (await at.run(line, options)).out.includes('\u001b[');
  expect(await isColored('flag list', { answers: [] })).toBe(true);
  expect(await isColored('flag list', {})).toBe(false);
  expect(await isColored('flag list', { answers: [], variables: { NO_COLOR: '1' } })).toBe(false);
  expect(await isColored('flag list --no-color', { answers: [] })).toBe(false);
  await at.close();
});
