/** What pages report: of one unit each, at a bounded rate. */
import { actorOf, type Principal } from '@sluice/core';
import { type BodyOf, ROUTES } from '@sluice/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { takeUnitReport } from 'sluice';
import type { Admit } from '../authentication.ts';
import { callerAddress } from '../caller-address.ts';
import { invalid } from '../http-problem.ts';
import { takeJson } from '../json-body.ts';
import { RateLimit } from '../rate-limit.ts';
import { bodyOf, registerRoute } from '../registration.ts';
import { readContext } from './context.ts';

/** Reports a minute to one replica: of one unit, and of one address, which a whole company may share. */
export const PAGE_REPORT_LIMITS = { perUnit: 60, perAddress: 3_000 } as const;

/** As much as a browser sends of a page that is gone. */
const MAX_BEACON_BYTES = 65_536;

export function registerPageReports(app: FastifyInstance, admit: Admit): void {
  app.addContentTypeParser('text/plain', { parseAs: 'buffer', bodyLimit: MAX_BEACON_BYTES }, takeJson);
  const { perUnit, perAddress } = PAGE_REPORT_LIMITS;
  const byAddress = new RateLimit({ max: perAddress });
  const byUnit = new RateLimit({ max: perUnit });
  registerRoute(app, 'ofrep.report', admit, async (request) => {
    const { admitted } = request;
    if (admitted === null || admitted.sluice === null) throw new TypeError('a report comes without an environment');
    const { context, id, exposures, values, sentAt } = bodyOf<BodyOf<'ofrep.report'>>(ROUTES['ofrep.report'], request);
    const read = readContext({ context });
    if ('errorCode' in read) throw invalid(read.errorDetails, [{ path: '/context', message: read.errorDetails }]);
    if (read.unit.userId === undefined || read.unit.userId === '')
      throw invalid('a report is of one unit', [{ path: '/context/targetingKey', message: 'must be given, and not empty' }]);
    byAddress.count(callerAddress(request.ip));
    byUnit.count(unitOf(request));
    const told = await takeUnitReport(admitted.sluice.flags, {
      unit: read.unit,
      exposures: exposures.map(({ at, ...exposure }) => ({ ...exposure, ...(at === undefined ? {} : { at }) })),
      values: values.map(({ at, ...value }) => ({ ...value, ...(at === undefined ? {} : { at }) })),
      ...(sentAt === undefined ? {} : { sentAt }),
      sender: { instanceId: senderOf(admitted.principal, read.unit.userId, id), seq: 1, isOneRequest: true },
    });
    const refused = [
      ...told.refusedExposures.map(({ index, message }) => ({ path: `/exposures/${index}`, message })),
      ...told.refusedValues.map(({ index, message }) => ({ path: `/values/${index}`, message })),
    ];
    return { taken: told.taken, refused };
  });
}

function unitOf({ admitted, body }: FastifyRequest): string {
  const { project, environment } = admitted?.scope ?? {};
  const { context } = body as BodyOf<'ofrep.report'>;
  return JSON.stringify([project, environment, context.targetingKey]);
}

/** Nobody's report can shut out another unit's. */
function senderOf(principal: Principal, unit: string | number, id: string): string {
  return `page/${JSON.stringify([actorOf(principal), unit, id])}`;
}
