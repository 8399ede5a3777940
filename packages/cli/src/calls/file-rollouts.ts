/** Rollouts and rollbacks of a file. */
import type { RolloutSettings } from 'sluice';
import type { FileCallsOf } from './file-call.ts';
import { forced, found, onWire } from './on-wire.ts';

type Ids =
  | `rollouts.${'list' | 'status' | 'start' | 'advise' | 'pause' | 'resume' | 'approve' | 'approveStart'}`
  | `rollouts.${'reject' | 'promote' | 'abort'}`
  | `rollbacks.${'immediate' | 'gradual' | 'targeted' | 'history' | 'report'}`;

export const ROLLOUT_CALLS: FileCallsOf<Ids> = {
  'rollouts.list': async ({ sluice }) => onWire({ rollouts: sluice.rollouts.listRollouts() }),
  'rollouts.status': async ({ sluice, input }) =>
    onWire(found(sluice.rollouts.getRolloutStatus(input.flag), 'a rollout of flag', input.flag)),
  'rollouts.start': async ({ sluice, input: { flag, settings, onConflict }, by }) =>
    onWire(
      await sluice.rollouts.startRollout(flag, {
        ...(settings as RolloutSettings),
        ...by,
        ...(onConflict === undefined ? {} : { onConflict }),
      }),
    ),
  'rollouts.advise': async ({ sluice, input }) => ({
    advice: sluice.rollouts.advise(input.flag, input.settings as RolloutSettings),
  }),
  'rollouts.pause': async ({ sluice, input, by }) => onWire(await sluice.rollouts.pauseRollout(input.flag, by)),
  'rollouts.resume': async ({ sluice, input, by }) => onWire(await sluice.rollouts.resumeRollout(input.flag, by)),
  'rollouts.approve': async ({ sluice, input, by }) => onWire(await sluice.rollouts.approveStage(input.flag, by)),
  'rollouts.approveStart': async ({ sluice, input, by }) => onWire(await sluice.rollouts.approveStart(input.flag, by)),
  'rollouts.reject': async ({ sluice, input, by }) => onWire(await sluice.rollouts.rejectRollout(input.flag, by)),
  'rollouts.promote': async ({ sluice, input, by }) => {
    const full = input.full === undefined ? {} : { full: input.full };
    return onWire(await sluice.rollouts.promoteRollout(input.flag, { ...forced(by, input), ...full }));
  },
  'rollouts.abort': async ({ sluice, input, by }) => onWire(await sluice.rollouts.abortRollout(input.flag, by)),
  'rollbacks.immediate': async ({ sluice, input: { flag, reason, rollbackToVersion }, by }) => {
    const version = rollbackToVersion === undefined ? {} : { rollbackToVersion };
    return onWire(await sluice.rollbacks.rollbackImmediate(flag, { ...by, reason, ...version }));
  },
  'rollbacks.gradual': async ({ sluice, input: { flag, reason, stages, intervalMs }, by }) => {
    const options = { ...(stages === undefined ? {} : { stages }), ...(intervalMs === undefined ? {} : { intervalMs }) };
    const { completed: _later, ...started } = await sluice.rollbacks.rollbackGradual(flag, { ...by, reason, ...options });
    return onWire(started);
  },
  'rollbacks.targeted': async ({ sluice, input: { flag, reason, userIds }, by }) =>
    onWire(await sluice.rollbacks.rollbackTargeted(flag, { ...by, reason, userIds })),
  'rollbacks.history': async ({ sluice, input: { flag, limit } }) => {
    const filter = { ...(flag === undefined ? {} : { flag }), ...(limit === undefined ? {} : { limit: Number(limit) }) };
    return onWire({ rollbacks: await sluice.rollbacks.getRollbackHistory(filter) });
  },
  'rollbacks.report': async ({ sluice, input }) => onWire(await sluice.rollbacks.getRollbackReport(Number(input.id))),
};
