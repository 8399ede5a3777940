/** Rollbacks over HTTP. */
import { shown } from '@sluice/core';
import { invalid } from '../http-problem.ts';
import { type HandlersOf, wire } from './handler.ts';

export const ROLLBACK_HANDLERS: HandlersOf<'rollbacks'> = {
  'rollbacks.immediate': async ({ sluice, body, by }) => {
    const { flag, reason, rollbackToVersion } = body;
    const version = rollbackToVersion === undefined ? {} : { rollbackToVersion };
    return wire(await sluice.rollbacks.rollbackImmediate(flag, { ...by, reason, ...version }));
  },
  'rollbacks.gradual': async ({ sluice, body, by }) => {
    const { flag, reason, stages, intervalMs } = body;
    const options = { ...(stages === undefined ? {} : { stages }), ...(intervalMs === undefined ? {} : { intervalMs }) };
    const { completed: _later, ...started } = await sluice.rollbacks.rollbackGradual(flag, { ...by, reason, ...options });
    return wire(started);
  },
  'rollbacks.targeted': async ({ sluice, body, by }) => {
    const { flag, reason, userIds } = body;
    return wire(await sluice.rollbacks.rollbackTargeted(flag, { ...by, reason, userIds }));
  },
  'rollbacks.history': async ({ sluice, query: { flag, limit } }) => {
    const filter = { ...(flag === undefined ? {} : { flag }), ...(limit === undefined ? {} : { limit }) };
    return wire({ rollbacks: await sluice.rollbacks.getRollbackHistory(filter) });
  },
  'rollbacks.report': async ({ sluice, params }) => wire(await sluice.rollbacks.getRollbackReport(idOf(params.id))),
};

/** @throws HttpProblem 400 */
function idOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  const message = `must be the number of a rollback, as the list has it under id; it is ${shown(text)}`;
  throw invalid(`path id ${message}`, [{ path: 'path id', message }]);
}
