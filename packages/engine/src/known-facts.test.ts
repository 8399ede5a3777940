import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyTally } from '@sluice/core';
import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { knownFactsOf } from './known-facts.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { sqliteStore } from './store/sql/sqlite-store.ts';

it('facts of a test that this process has not heard of yet count, and those of none are named by their place', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-known-')), 'db');
  const open = async (): Promise<Sluice> => {
    const sluice = createSluice({ store: sqliteStore({ file }), clock: manualClock(1_750_000_000_000) });
    await sluice.ready;
    return sluice;
  };
  const [one, other] = [await open(), await open()];
  await one.abTests.createTest({ testId: 't', controlComponent: 'a', treatmentComponent: 'b' });
  expect(other.flags.runtime.view.experiments.has('t')).toBe(false);
  const unit = { subject: 't', unit: '00000000000000ff', arm: 'control', firstExposureAt: 1, metrics: {} };
  const observation = { subject: 't', arm: 'treatment', metrics: {} };
  const sent = {
    tallies: ['flag/t', 'flag/none'].map((subject) => ({ subject, tally: emptyTally() })),
    units: [{ ...unit, arm: 'none' }, unit],
    observations: [observation, { ...observation, subject: 'none' }],
  };
  const { refused, ...known } = await knownFactsOf(other.flags.runtime, sent);
  expect(refused.map(({ path }) => path)).toEqual(['/tallies/1', '/units/0', '/observations/1']);
  expect(known).toEqual({ tallies: [sent.tallies[0]], units: [unit], observations: [observation] });
  await Promise.all([one.close(), other.close()]);
});
