/** Tests over HTTP. */
import { planTest } from '@sluice/core';
import { type HandlersOf, wire } from './handler.ts';
import { checkJudges } from './known-judges.ts';
import { within } from './within.ts';

export const EXPERIMENT_HANDLERS: HandlersOf<'experiments'> = {
  'experiments.list': ({ sluice, query: { phase, tag, archived } }) => {
    const filter = {
      ...(phase === undefined ? {} : { phase }),
      ...(tag === undefined ? {} : { tag }),
      ...(archived === undefined ? {} : { archived }),
    };
    return wire({ experiments: sluice.abTests.listTests(filter) });
  },
  'experiments.get': ({ sluice, params }) => wire(sluice.abTests.getTest(params.test)),
  'experiments.create': async ({ sluice, body, by }) =>
    wire(await within('/settings', () => sluice.abTests.createTest(body.settings, by))),
  'experiments.advise': async ({ sluice, body }) =>
    wire({ advice: await within('/settings', () => sluice.abTests.advise(body.settings)) }),
  'experiments.plan': ({ body }) => within('/plan', async () => wire(planTest(body.plan))),
  'experiments.start': async ({ sluice, params, by }) => wire(await sluice.abTests.startTest(params.test, by)),
  'experiments.stop': async ({ sluice, params, by }) => wire(await sluice.abTests.stopTest(params.test, by)),
  'experiments.results': async ({ sluice, params }) => wire(await sluice.abTests.getTestResults(params.test)),
  'experiments.update': async ({ sluice, params, body, by }) =>
    wire(await within('/changes', () => sluice.abTests.updateTest(params.test, body.changes, by))),
  'experiments.rebase': async ({ sluice, params, body, by }) =>
    wire(await within('/changes', () => sluice.abTests.rebaseTest(params.test, body.changes, by))),
  'experiments.ship': async ({ sluice, params, body, by }) => {
    const variant = body.variant === undefined ? {} : { variant: body.variant };
    checkJudges(sluice, body.settings);
    return wire(await within('/settings', () => sluice.abTests.shipWinner(params.test, { ...body.settings, ...variant, ...by })));
  },
  'experiments.archive': async ({ sluice, params, by }) => wire(await sluice.abTests.archiveTest(params.test, by)),
};
