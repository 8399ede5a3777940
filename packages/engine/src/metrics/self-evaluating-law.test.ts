/** What processes that evaluate by themselves send counts as if it had been evaluated here, whichever of two servers on one store is told. */
import { decide, isDrawn, unitKeyOf, variantIndexOf } from '@sluice/core';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { manualClock } from '../clock/manual-clock.ts';
import type { Sluice } from '../sluice.ts';
import { StageExposures } from '../stage-exposures.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { IngestedExposure, IngestedTestValue } from './ingested-exposures.ts';
import { ingestedMetricsOf } from './ingested-metrics.ts';
import { closeAll, open, replicas, START, setUp, sluiceOn } from './self-evaluating.testing.ts';

afterEach(closeAll);

interface Step {
  readonly kind: 'ask' | 'latency' | 'clicks' | 'roll';
  readonly user: number;
  readonly sdk: 0 | 1;
  readonly value: number;
  readonly afterMs: number;
}
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('ask', 'latency', 'clicks', 'roll'),
  user: fc.nat(5),
  sdk: fc.constantFrom(0, 1),
  value: fc.integer({ min: 0, max: 100 }),
  afterMs: fc.integer({ min: 1, max: 5_000 }),
});

/** One SDK measured before and after the exposure that the other tells of. */
const PARTED: Step[] = [
  { kind: 'latency', user: 0, sdk: 0, value: 10, afterMs: 100 },
  { kind: 'ask', user: 0, sdk: 1, value: 0, afterMs: 100 },
  { kind: 'latency', user: 0, sdk: 0, value: 30, afterMs: 100 },
  { kind: 'clicks', user: 0, sdk: 0, value: 2, afterMs: 100 },
];

/** Of two metrics the second is recorded first. */
const OUT_OF_ORDER: Step[] = [
  ...[2, 0, 1, 4].map((user): Step => ({ kind: 'ask', user, sdk: 0, value: 0, afterMs: 1 })),
  { kind: 'clicks', user: 3, sdk: 0, value: 0, afterMs: 1 },
  { kind: 'latency', user: 0, sdk: 0, value: 0, afterMs: 997 },
];

const planOf = (user: number): string => (user % 2 === 0 ? 'pro' : 'free');

/** What one SDK has gathered since it was last drained. */
class Sdk {
  exposures: IngestedExposure[] = [];
  values: IngestedTestValue[] = [];
  seq = 0;
}

function exposureOf(sluice: Sluice, flag: string, user: number, at: number): IngestedExposure {
  const unit = { userId: `u${user}` };
  const compiled = sluice.flags.runtime.view.flags.get(flag)?.compiled;
  if (compiled === undefined) throw new Error('there is a flag');
  const outcome = decide(compiled, unit);
  const variant = compiled.variants[variantIndexOf(outcome)] ?? '';
  const key = String(unitKeyOf(compiled, unit));
  return { flag, variant, unit: key, at, isDrawn: isDrawn(outcome), dimensions: { plan: planOf(user) } };
}

async function resultsOf(sluice: Sluice): Promise<unknown> {
  const { runtime } = sluice.flags;
  const watch = runtime.view.flags.get('r')?.watch;
  if (!(watch instanceof StageExposures)) throw new Error('there is a stage');
  // What is asked for hands on first what this process counted.
  await watch.count();
  await runtime.facts.flush();
  const { arms, contaminatedUnits, unexposedUnits } = await runtime.store.readTotals(runtime.view.scope, 't');
  const exposed = [arms.control?.exposed ?? 0, arms.treatment?.exposed ?? 0];
  const counted = [arms.control, arms.treatment].map((arm) =>
    ['latency', 'clicks'].map((name) => {
      const moments = arm?.metrics[name];
      return moments === undefined || moments.n === 0 ? null : [moments.n, moments.mean + moments.shift];
    }),
  );
  return {
    exposed,
    counted,
    contaminatedUnits,
    unexposedUnits,
    reach: await watch.count(),
    results: await sluice.abTests.getTestResults('t'),
  };
}

it('answers on two servers over one database what one process answers that evaluated the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), fc.boolean(), async (steps, isReversed) => {
      const { clock, all } = await replicas();
      const ownClock = manualClock(START);
      const own = sluiceOn(memoryStore(), ownClock);
      await setUp(own);
      // The same users are in the same arms of both.
      const sdks = [new Sdk(), new Sdk()];
      const there = all[0] as Sluice;
      for (const { kind, user, sdk, value, afterMs } of steps) {
        await clock.advance(afterMs);
        await ownClock.advance(afterMs);
        const at = clock.now();
        const one = sdks[sdk] as Sdk;
        if (kind === 'roll') one.exposures.push(exposureOf(there, 'r', user, at));
        const met = exposureOf(there, 't', user, at);
        if (kind === 'ask') one.exposures.push(met);
        if (kind === 'latency' || kind === 'clicks')
          one.values.push({ test: 't', variant: met.variant, metric: kind, value, unit: met.unit, at });
        await evaluateAlike(own, kind, `u${user}`, met, value, planOf(user));
      }
      const order = isReversed ? [1, 0] : [0, 1];
      for (const index of order) {
        const one = sdks[index] as Sdk;
        const batch = {
          samples: [],
          hasTallies: true,
          exposures: one.exposures,
          values: one.values,
          sentAt: clock.now(),
          sender: { instanceId: `sdk-${index}`, seq: 1 },
        };
        const first = await ingestedMetricsOf((all[index] as Sluice).flags).report(batch);
        expect([first.refusedExposures, first.refusedValues]).toEqual([[], []]);
        // An SDK that heard no answer sends it again, to whom it reaches.
        await ingestedMetricsOf((all[1 - index] as Sluice).flags).report(batch);
      }
      const answers = await Promise.all([...all, own].map(resultsOf));
      expect(rounded(answers[1])).toEqual(rounded(answers[0]));
      expect(rounded(answers[0])).toEqual(rounded(answers[2]));
      await Promise.all(open.splice(0).map((each) => each.close()));
    }),
    {
      numRuns: 20,
      examples: [
        [PARTED, false],
        [PARTED, true],
        [OUT_OF_ORDER, false],
      ],
    },
  );
}, 120_000);

/** In the process itself; its flags draw as those of the servers do, but for who is asked by name. */
async function evaluateAlike(
  own: Sluice,
  kind: Step['kind'],
  userId: string,
  met: IngestedExposure,
  value: number,
  plan: string,
) {
  if (kind === 'roll') own.flags.getVariant('r', { userId });
  else if (kind === 'ask') own.abTests.getVariant('t', { userId, attributes: { plan } });
  else own.abTests.recordMetric('t', met.variant, kind, value, { userId });
}

/** Sums in another order differ in their last digits. */
function rounded(value: unknown): unknown {
  const isNear = (number: number): number => Number(number.toPrecision(9)) || 0;
  return JSON.parse(JSON.stringify(value, (_, one: unknown) => (typeof one === 'number' ? isNear(one) : one)));
}
