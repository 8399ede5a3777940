/** Rollouts over HTTP. A validator is one that the server has under its name: a function does not travel. */

import { forced } from './flags.ts';
import { found } from './found.ts';
import { type HandlersOf, wire } from './handler.ts';
import { checkJudges } from './known-judges.ts';
import { within } from './within.ts';

export const ROLLOUT_HANDLERS: HandlersOf<'rollouts'> = {
  'rollouts.list': ({ sluice }) => wire({ rollouts: sluice.rollouts.listRollouts() }),
  'rollouts.status': ({ sluice, params }) =>
    wire(found(sluice.rollouts.getRolloutStatus(params.flag), 'a rollout of flag', params.flag)),
  'rollouts.sources': ({ sluice }) => wire({ sources: sluice.rollouts.listMetricSources() }),
  'rollouts.start': async ({ sluice, params, body, by }) => {
    const { settings, onConflict } = body;
    checkJudges(sluice, settings);
    const options = { ...settings, ...by, ...(onConflict === undefined ? {} : { onConflict }) };
    return wire(await within('/settings', () => sluice.rollouts.startRollout(params.flag, options)));
  },
  'rollouts.advise': async ({ sluice, params, body }) =>
    wire({ advice: await within('/settings', () => sluice.rollouts.advise(params.flag, body.settings)) }),
  'rollouts.pause': async ({ sluice, params, by }) => wire(await sluice.rollouts.pauseRollout(params.flag, by)),
  'rollouts.resume': async ({ sluice, params, by }) => wire(await sluice.rollouts.resumeRollout(params.flag, by)),
  'rollouts.approve': async ({ sluice, params, by }) => wire(await sluice.rollouts.approveStage(params.flag, by)),
  'rollouts.approveStart': async ({ sluice, params, by }) => wire(await sluice.rollouts.approveStart(params.flag, by)),
  'rollouts.reject': async ({ sluice, params, by }) => wire(await sluice.rollouts.rejectRollout(params.flag, by)),
  'rollouts.promote': async ({ sluice, params, body, by }) => {
    const full = body.full === undefined ? {} : { full: body.full };
    return wire(await sluice.rollouts.promoteRollout(params.flag, { ...forced(by, body), ...full }));
  },
  'rollouts.abort': async ({ sluice, params, by }) => wire(await sluice.rollouts.abortRollout(params.flag, by)),
};
