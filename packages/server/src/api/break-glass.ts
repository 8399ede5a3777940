/** The break-glass kill over HTTP. */
import { setTimeout as wait } from 'node:timers/promises';
import { actorOf, type Principal } from '@sluice/core';
import type { PendingEmergency, RollbackResult, Sluice } from 'sluice';
import { passedOnReceipt } from '../attribution.ts';
import type { PeerAnswer } from '../break-glass/peers.ts';
import { servedAsOf } from '../break-glass/served-store.ts';
import { invalid } from '../http-problem.ts';
import { type Call, type HandlersOf, wire } from './handler.ts';

export const BREAK_GLASS_HANDLERS: HandlersOf<'breakGlass'> = {
  'breakGlass.kill': async (call) => {
    const { project, environment, flag, reason, userIds, toVersion } = call.body;
    if (userIds !== undefined && toVersion !== undefined)
      throw invalid('users are shut out, or a version is gone back to', [
        { path: '/toVersion', message: 'must be left out where userIds are given' },
      ]);
    const sluice = call.workspace.environment(project, environment);
    const how = { ...call.by, reason, actor: actorOfKill(call.principal, call.body.actor) };
    const version = toVersion === undefined ? {} : { rollbackToVersion: toVersion };
    const killing =
      userIds === undefined
        ? sluice.rollbacks.rollbackImmediate(flag, { ...how, ...version })
        : sluice.rollbacks.rollbackTargeted(flag, { ...how, userIds });
    const told = await passedOn(killing, call);
    return wire({ ...withPlace(sluice, await killing), peers: told });
  },
  'breakGlass.pending': async ({ workspace, store }) => {
    const storeTakesWrites = await store.takesWrites();
    return wire({ storeTakesWrites, servedAsOf: servedAsOf(store), pending: [...workspace.pendingEmergencies()] });
  },
};

/** A store that works takes a kill within this, and tells the other replicas by itself. In milliseconds. */
const GRACE_MS = 100;

/**
 * Nobody waits for the store's two seconds before the others are told, and nothing is passed on that is refused here. What was passed on goes no further: it
 * came from whoever tells all.
 */
async function passedOn(killing: Promise<RollbackResult>, call: Call<'breakGlass.kill'>): Promise<PeerAnswer[]> {
  const { request, principal, peers, body, by } = call;
  const first = await Promise.race([killing, wait(GRACE_MS, null)]);
  const isPassedOn = passedOnReceipt(request, principal) !== null;
  if (first?.durable === true || isPassedOn || peers === null || by.request === undefined) return [];
  return await peers.tell({ ...body, actor: body.actor ?? actorOf(principal) }, by.request);
}

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
    flags.getFlag(flag) === undefined
      ? [...result.warnings, `no flag "${flag}" is known here: look at how it is written, unless it was made moments ago`]
      : result.warnings;
  return { ...result, warnings, keptIn: placeOf(flags.listPendingKills().filter((pending) => pending.flag === flag)) };
}

function placeOf(pending: readonly PendingEmergency[]): 'store' | 'journal' | 'memory' {
  if (pending.length === 0) return 'store';
  return pending.every(({ isJournalled }) => isJournalled) ? 'journal' : 'memory';
}
