import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onFile, type Place, served } from '../at.testing.ts';

const PLACES = { 'a server': served, 'a file': onFile } as const;
const THEN = '2031-03-01T08:00:00+01:00';

describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('scheduled edits on %s', (name) => {
  let at: Place & { close(): Promise<void> };
  beforeEach(async () => {
    at = await PLACES[name]();
    await at.run('flag create sale --percentage 5');
  });
  afterEach(() => at.close());

  const isWaiting = async () => ((await at.run('flag schedule list sale --json')).json as { edits: { id: string }[] }).edits;

  it('are added, listed and cancelled', async () => {
    expect((await at.run('flag schedule list')).out).toContain('No edit waits');
    const added = await at.run(`flag schedule add sale --at ${THEN} --percentage 50 --reason "the sale begins"`);
    expect([added.exit, added.out]).toEqual([0, expect.stringMatching(/sets +rolloutPercentage = 50/)]);
    expect(added.err).toEqual(name === 'a file' ? expect.stringContaining('has the file open') : '');
    const [edit] = await isWaiting();
    expect(edit).toMatchObject({ flag: 'sale', at: '2031-03-01T07:00:00.000Z', reason: 'the sale begins' });
    expect((await at.run('flag schedule list')).out).toMatch(
      /sale +2031-03-01 07:00.* +rolloutPercentage = 50 .*the sale begins/,
    );
    const cancelled = await at.run(`flag schedule cancel ${edit?.id} --reason moved --json`);
    expect([cancelled.exit, cancelled.json]).toEqual([0, edit]);
    expect(await isWaiting()).toEqual([]);
    expect((await at.run(`flag schedule cancel ${edit?.id}`)).exit).toBe(3);
  });

  it('that would let everybody in are asked about', async () => {
    const line = `flag schedule add sale --at ${THEN} --status enabled`;
    const unasked = await at.run(line);
    expect([unasked.exit, unasked.err]).toEqual([1, expect.stringMatching(/everybody at 2031.*--yes/)]);
    expect(await isWaiting()).toEqual([]);
    expect((await at.run(`${line} --yes`)).exit).toBe(0);
    expect(await isWaiting()).toHaveLength(1);
  });

  it('are refused without an instant, a setting or a flag', async () => {
    for (const [line, exit, told] of [
      ['flag schedule add sale --percentage 50', 2, /needs --at <instant>/],
      [`flag schedule add sale --at ${THEN}`, 2, /name a setting/],
      ['flag schedule add sale --at tomorrow --percentage 50', 2, /--at must be an instant such as .*; it is "tomorrow"/],
      [`flag schedule add sail --at ${THEN} --percentage 50`, 3, /sail/],
      [`flag schedule add sale --at 2020-01-01T00:00:00Z --percentage 50`, 2, /2020/],
      ['flag schedule cancel nothing', 3, /flag schedule list/],
      ['flag schedule list sail', 3, /flag "sail" does not exist/],
    ] as const) {
      const ran = await at.run(line);
      expect([line, ran.exit, ran.err]).toEqual([line, exit, expect.stringMatching(told)]);
    }
    expect(await isWaiting()).toEqual([]);
  });
});
