/** Tests of a file, and everything of it out and in again. */
import type { RolloutSettings, TestSettings } from 'sluice';
import type { FileCallsOf } from './file-call.ts';
import { onWire } from './on-wire.ts';

type Ids = `experiments.${'list' | 'get' | 'create' | 'start' | 'stop' | 'results' | 'ship'}` | `transfer.${'export' | 'import'}`;

export const RECORD_CALLS: FileCallsOf<Ids> = {
  'experiments.list': async ({ sluice }) => onWire({ experiments: sluice.abTests.listTests() }),
  'experiments.get': async ({ sluice, input }) => onWire(sluice.abTests.getTest(input.test)),
  'experiments.create': async ({ sluice, input, by }) =>
    onWire(await sluice.abTests.createTest(input.settings as TestSettings, by)),
  'experiments.start': async ({ sluice, input, by }) => onWire(await sluice.abTests.startTest(input.test, by)),
  'experiments.stop': async ({ sluice, input, by }) => onWire(await sluice.abTests.stopTest(input.test, by)),
  'experiments.ship': async ({ sluice, input: { test, settings, variant }, by }) => {
    const arm = variant === undefined ? {} : { variant };
    return onWire(await sluice.abTests.shipWinner(test, { ...(settings as RolloutSettings), ...arm, ...by }));
  },
  'experiments.results': async ({ sluice, input }) => onWire(await sluice.abTests.getTestResults(input.test)),
  'transfer.export': async ({ sluice }) => onWire(await sluice.export()),
  'transfer.import': async ({ sluice, input: { document, reason, onExisting, force, dryRun }, by }) => {
    const options = {
      ...by,
      reason,
      ...(onExisting === undefined ? {} : { onExisting }),
      ...(force === undefined ? {} : { force }),
      ...(dryRun === undefined ? {} : { dryRun }),
    };
    return onWire(await sluice.import(document, options));
  },
};
