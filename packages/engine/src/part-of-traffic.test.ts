/**
 * Tests of a part of the traffic whose arms are alike, while those outside, who are served the control, are not like them: however values are told and
 * however often results are read, no difference is found that is not there.
 */
import { isInTraffic, seededGenerator } from '@sluice/core';
import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import type { LiveFlag } from './live-flag.ts';
import { ingestedMetricsOf } from './metrics/ingested-metrics.ts';
import { createSluice, type Sluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

/** Few: who is outside is so unlike those inside that one of them taken in makes every replicate differ. */
const REPLICATES = 6;
const LOOKS = 4;
/** A part of 40 % of them has 100 in each arm at the first look, so that each look judges. */
const USERS_A_LOOK = 600;
/** At 5 % of them no more are called different, but for 9 chances in 100 000. */
const MOST_FALSE_FINDINGS = 3;

interface Served {
  readonly variant: string;
  readonly userId: string;
  readonly value: number;
}

/** Tells what users met, in one of the ways there are. */
type Telling = (sluice: Sluice, served: readonly Served[], look: number) => Promise<unknown> | unknown;

const withUsers: Telling = ({ abTests }, served) => {
  for (const { variant, userId, value } of served) abTests.recordMetric('t', variant, 'm', value, { userId });
};

const withoutUsers: Telling = ({ abTests }, served) => {
  for (const { variant, value } of served) abTests.recordMetric('t', variant, 'm', value);
};

const asBatches =
  (isWithUnit: boolean): Telling =>
  ({ flags }, served, look) =>
    ingestedMetricsOf(flags).report({
      ...{ samples: [], exposures: [], hasTallies: true, sender: { instanceId: 'sdk', seq: look + 1 } },
      values: served.map(({ variant, userId, value }) => ({
        ...{ test: 't', variant, metric: 'm', value },
        ...(isWithUnit ? { unit: userId } : {}),
      })),
    });

interface Part {
  readonly trafficShare?: number;
  readonly eligibility?: { readonly plan: string[] };
}

interface Found {
  /** Replicates that are ever called different. */
  readonly findings: number;
  /** Units of the last one: who has a value, and who is in an arm. */
  readonly valued: number;
  readonly exposed: number;
}

async function found(settings: Part, telling: Telling, replicates = REPLICATES): Promise<Found> {
  let [findings, valued, exposed] = [0, 0, 0];
  for (let replicate = 0; replicate < replicates; replicate++) {
    const random = seededGenerator(`part/${replicate}`);
    const sluice = createSluice({ store: memoryStore(), clock: manualClock(1_700_000_000_000) });
    const { abTests } = sluice;
    const metric = { name: 'm', goal: 'increase' } as const;
    await abTests.createTest({
      testId: 't',
      controlComponent: 'a',
      treatmentComponent: 'b',
      trackedMetrics: [metric],
      ...settings,
    });
    await abTests.startTest('t');
    const { compiled } = sluice.flags.runtime.view.flags.get('t') as LiveFlag;
    let significant = false;
    for (let look = 0; look < LOOKS; look++) {
      const served = Array.from({ length: USERS_A_LOOK }, (_, index): Served => {
        const userId = `user-${replicate}-${look}-${index}`;
        const plan = random() < 0.4 ? 'pro' : 'free';
        const unit = { userId, attributes: { plan } };
        const variant = abTests.getVariant('t', unit);
        const isIn = (settings.eligibility?.plan ?? [plan]).includes(plan) && isInTraffic(compiled, userId);
        return { variant, userId, value: random() + (isIn ? 0 : 1) };
      });
      await telling(sluice, served, look);
      const results = await abTests.getTestResults('t');
      significant ||= results.significant;
      valued = (results.metrics.m?.controlUnits ?? 0) + (results.metrics.m?.treatmentUnits ?? 0);
      exposed = (results.sampleSizes.control ?? 0) + (results.sampleSizes.treatment ?? 0);
    }
    findings += Number(significant);
    await sluice.close();
  }
  return { findings, valued, exposed };
}

const PARTS: readonly (readonly [string, Part])[] = [
  ['a share', { trafficShare: 0.4 }],
  ['who is eligible', { eligibility: { plan: ['pro'] } }],
];

it.each(PARTS)('values of users, of %s of the traffic', async (_, settings) => {
  for (const telling of [withUsers, asBatches(true)]) {
    const { findings, valued, exposed } = await found(settings, telling);
    expect(findings).toBeLessThanOrEqual(MOST_FALSE_FINDINGS);
    // Where everybody counted, the sample ratio would block the findings, and nothing else show it.
    for (const units of [valued, exposed]) {
      expect(units).toBeGreaterThan(0.3 * LOOKS * USERS_A_LOOK);
      expect(units).toBeLessThan(0.5 * LOOKS * USERS_A_LOOK);
    }
  }
});

it.each(PARTS)('values without users, of %s of the traffic: they are not taken', async (_, settings) => {
  for (const telling of [withoutUsers, asBatches(false)])
    expect(await found(settings, telling, 2)).toMatchObject({ findings: 0, valued: 0 });
});
