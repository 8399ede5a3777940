/** The break-glass kill over HTTP. */
import { actorOf, type Principal } from '@sluice/core';
import type { PendingEmergency, RollbackResult, Sluice } from 'sluice';
import { servedAsOf } from '../break-glass/served-store.ts';
import { invalid } from '../http-problem.ts';
import { type HandlersOf, wire } from './handler.ts';

export const BREAK_GLASS_HANDLERS: HandlersOf<'breakGlass'> = {
  'breakGlass.kill': async ({ workspace, principal, body, by }) => {
    const { project, environment, flag, reason, userIds, toVersion } = body;
    if (userIds !== undefined && toVersion !== undefined)
      throw invalid('users are shut out, or a version is gone back to', [
        { path: '/toVersion', message: 'must be left out where userIds are given' },
      ]);
    const sluice = workspace.environment(project, environment);
    const how = { ...by, reason, actor: actorOfKill(principal, body.actor) };
    const version = toVersion === undefined ? {} : { rollbackToVersion: toVersion };
    const result =
      userIds === undefined
        ? await sluice.rollbacks.rollbackImmediate(flag, { ...how, ...version })
        : await sluice.rollbacks.rollbackTargeted(flag, { ...how, userIds });
    return wire(withPlace(sluice, result));
  },
  'breakGlass.pending': async ({ workspace, store }) => {
    const storeTakesWrites = await store.takesWrites();
    return wire({ storeTakesWrites, servedAsOf: servedAsOf(store), pending: [...workspace.pendingEmergencies()] });
  },
};

/** The token of a machine names nobody, so whoever uses it says who they are, and the history that it was only said. */
function actorOfKill(principal: Principal, named: string | undefined): string {
  if (principal.kind === 'breakGlass') {
    if (named !== undefined) return `${actorOf(principal)}:${named}`;
    throw invalid('the break-glass token names nobody', [{ path: '/actor', message: 'must say who asks' }]);
  }
  const actor = actorOf(principal);
  if (named === undefined || named === actor) return actor;
  throw invalid('the actor is who calls', [{ path: '/actor', message: `must be left out, or be ${actor}` }]);
}

/** A name that was mistyped while the store is away would otherwise look like a kill. */
function withPlace({ flags }: Sluice, result: RollbackResult) {
  if (result.durable) return { ...result, keptIn: 'store' as const };
  const { flag } = result;
  const warnings =
    flags.getFlag(flag) === null
      ? [...result.warnings, `no flag "${flag}" is known here: look at how it is written, unless it was made moments ago`]
      : result.warnings;
  return { ...result, warnings, keptIn: placeOf(flags.listPendingKills().filter((pending) => pending.flag === flag)) };
}

function placeOf(pending: readonly PendingEmergency[]): 'store' | 'journal' | 'memory' {
  if (pending.length === 0) return 'store';
  return pending.every(({ isJournalled }) => isJournalled) ? 'journal' : 'memory';
}
