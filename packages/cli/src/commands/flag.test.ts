import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onFile, type Place, served } from '../at.testing.ts';

const PLACES = { 'a server': served, 'a file': onFile } as const;

describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('flags on %s', (name) => {
  let at: Place & { close(): Promise<void> };
  beforeEach(async () => {
    at = await PLACES[name]();
  });
  afterEach(() => at.close());

  it('are created once, set, and read as a table and as JSON', async () => {
    const created = await at.run('flag create checkout --description "the new one" --owner shop --tag web --tag pay');
    expect([created.exit, created.err]).toEqual([0, '']);
    expect((await at.run('flag create checkout')).exit).toBe(4);
    expect((await at.run('flag set checkout --status percentage --percentage 12.5 --reason "first users"')).exit).toBe(0);
    const { json } = await at.run('flag get checkout --json');
    expect(json).toMatchObject({ status: 'percentage', rolloutPercentage: 12.5, owner: 'shop', tags: ['web', 'pay'] });
    const listed = await at.run('flag list --tag web');
    expect(listed.out).toMatch(/FLAG +STATUS +SERVED.*\ncheckout +percentage +12\.5 % +shop +the new one\n$/);
    expect((await at.run('flag list --tag other')).out).toMatch(/There are no flags/);
    const bare = await at.run('flag set checkout --owner "" --description "" --expires "" --json');
    expect([bare.exit, bare.json]).toMatchObject([0, { owner: null, description: '' }]);
  });

  it('change nothing at all where a user that is named can be none', async () => {
    await at.run('flag create checkout --percentage 5');
    const wrong = await at.run(['flag', 'set', 'checkout', '--percentage', '6', '--add-user', 'x'.repeat(1025)]);
    expect([wrong.exit, wrong.err]).toEqual([
      2,
      expect.stringMatching(/--add-user must be a text of 1 to 1024 characters; .{0,90}$/m),
    ]);
    expect((await at.run('flag get checkout --json')).json).toMatchObject({ rolloutPercentage: 5, revision: 1 });
  });

  it('says of a new flag with an archived name that it is archived', async () => {
    await at.run('flag create checkout');
    await at.run('flag archive checkout --yes');
    const again = await at.run('flag create checkout');
    expect([again.exit, again.err]).toEqual([1, expect.stringContaining('is archived')]);
  });

  it('opens nothing to everybody unless somebody says yes', async () => {
    await at.run('flag create checkout');
    for (const line of ['flag enable checkout', 'flag set checkout --status enabled', 'flag set checkout --percentage 100']) {
      const unasked = await at.run(line);
      expect([unasked.exit, unasked.err]).toEqual([1, expect.stringMatching(/everybody.*--yes/)]);
      const refused = await at.run(line, { answers: ['n'] });
      expect([refused.exit, refused.err]).toEqual([1, expect.stringContaining('nothing was done')]);
    }
    expect((await at.run('flag get checkout --json')).json).toMatchObject({ status: 'disabled', rolloutPercentage: 0 });
    expect((await at.run('flag enable checkout', { answers: ['y'] })).exit).toBe(0);
    expect((await at.run('flag archive checkout')).exit).toBe(1);
    expect((await at.run('flag archive checkout --yes --json')).json).toMatchObject({ isArchived: true });
  });

  it('kills without a question, and undoes it', async () => {
    await at.run('flag create checkout --status percentage --percentage 40');
    const killed = await at.run('kill checkout --reason "wrong totals"');
    expect([killed.exit, killed.out]).toEqual([0, expect.stringMatching(/disabled[\s\S]*40 %[\s\S]*sluice flag unkill/)]);
    expect((await at.run('kill checkout')).exit).toBe(0);
    expect((await at.run('flag unkill checkout --yes --json')).json).toMatchObject({
      status: 'percentage',
      servedPercentage: 40,
    });
    expect((await at.run('flag disable checkout --json')).json).toMatchObject({ status: 'disabled' });
  });

  it('says why a unit gets what it gets, and which flags have outlived their use', async () => {
    await at.run('flag create checkout --status percentage --percentage 5 --expires 2020-01-01T00:00:00Z');
    await at.run('flag set checkout --add-user ann');
    const why = await at.run('flag explain checkout --user ann');
    expect([why.exit, why.out]).toEqual([0, expect.stringMatching(/serves +on = true[\s\S]*→ enabled by name/)]);
    const group = `flag explain checkout --user bob --group staff --attributes '{"plan":"pro"}' --json`;
    expect((await at.run(group)).json).toMatchObject({ key: 'checkout' });
    expect((await at.run('flag stale')).out).toMatch(/checkout +expired/);
    await at.run('flag set checkout --remove-user ann');
    expect((await at.run('flag get checkout --json')).json).toMatchObject({ enabledUsers: [] });
  });

  it('names what is wrong, with an exit code of its own', async () => {
    await at.run('flag create checkout');
    for (const line of ['flag get ""', 'kill ""', 'rollback report ""', 'plan check ""']) {
      const empty = await at.run(line);
      expect([empty.exit, empty.err]).toEqual([
        2,
        expect.stringMatching(/^sluice: sluice [a-z ]+: <\w+> must not be empty; it is ""\n$/),
      ]);
    }
    const misspelt = await at.run('flag get chekout');
    expect([misspelt.exit, misspelt.err]).toEqual([3, expect.stringContaining('did you mean "checkout"?')]);
    const stranger = await at.run('flag set checkout --percentage 110');
    expect([stranger.exit, stranger.err]).toEqual([2, expect.stringMatching(/--percentage must be .* 0 to 100; it is "110"/)]);
    const settings = await at.run(`flag set checkout --settings '{"enabledUser":[]}'`);
    expect([settings.exit, settings.err]).toEqual([2, expect.stringContaining('did you mean "enabledUsers"?')]);
    expect((await at.run('flag set checkout --percentage 5 --if-revision 7')).exit).toBe(4);
    expect((await at.run('flag set checkout')).err).toMatch(/nothing is to be changed/);
    const json = await at.run('flag get other --json');
    expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'notFound' } });
  });
});

it('kills on a file that cannot be written, through the journal beside it', async () => {
  const at = await onFile();
  await at.run('flag create checkout --status enabled --yes');
  const lock = join(at.folder, 'flags.json.lock');
  await writeFile(lock, 'somebody hangs');
  const killed = await at.run('kill checkout --reason "nothing else works"');
  expect([killed.exit, killed.out]).toEqual([0, expect.stringMatching(/stored +not yet: in effect/)]);
  await rm(lock);
  expect((await at.run('flag get checkout --json')).json).toMatchObject({ status: 'disabled' });
  // Whoever opens the file next brings it there.
  expect((await at.run('flag get checkout --json')).json).toMatchObject({ status: 'disabled', durable: true });
  await at.close();
});

it.each([
  'kill checkout --reason harm',
  'rollback now checkout --reason harm',
  'rollback targeted checkout --user ann --reason harm',
])('does not tell that "%s" is done where neither the file nor the journal beside it can be written', async (line) => {
  const at = await onFile();
  await at.run('flag create checkout --status enabled --yes');
  const lock = join(at.folder, 'flags.json.lock');
  await writeFile(lock, 'somebody hangs');
  await symlink('a disk that is gone/journal', join(at.folder, 'flags.json.breakglass'));
  const lost = await at.run(line);
  expect([lost.exit, lost.out, lost.err]).toEqual([
    5,
    '',
    expect.stringMatching(/^sluice: flag "checkout" is as it was: neither .* can be written\n$/),
  ]);
  await at.close();
});

it('says which part of a change stands when a later part of it fails', async () => {
  const at = await served();
  await at.run('flag create checkout --percentage 5');
  const half = await at.run('flag set checkout --percentage 6 --add-user . --add-user ann');
  expect([half.exit, half.err]).toEqual([
    2,
    expect.stringMatching(/user must not be ".".*is done: flag "checkout" is at revision 2\n$/),
  ]);
  expect((await at.run('flag get checkout --json')).json).toMatchObject({ rolloutPercentage: 6, enabledUsers: [] });
  await at.close();
});
