/** What simulated rollouts came to, for people and as a schema. */
import type { RolloutAssumptions, RolloutForecast, SimulatedOutcomes } from '@sluice/core';
import { z } from 'zod';
import { formatDuration } from '../duration.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

export interface Forecast extends RolloutForecast {
  readonly assumptions: RolloutAssumptions;
}

const part = z.number().min(0).max(1);
const percentiles = z.object({ p50: z.number().nullable(), p90: z.number().nullable(), p99: z.number().nullable() });
const outcomes = z.object({
  completed: part,
  rolledBack: part,
  held: part,
  unfinished: part,
  detectionMs: percentiles.describe('From the start to the rollback, milliseconds'),
  exposedUnits: percentiles,
  errorUnits: percentiles,
});
export const forecastSchema = z.object({
  assumptions: z.object({ unitsPerSecond: z.number(), errorRate: part, changeErrorRate: part }),
  falseRollback: part.describe('The chance that a harmless change is rolled back'),
  harmless: outcomes,
  assumed: outcomes,
  takenAsGood: z.array(z.string()).describe('Criteria that are not simulated'),
});

export function forecastPage({ assumptions, harmless, assumed, takenAsGood }: Forecast, paint: Paint): string {
  const { unitsPerSecond, errorRate, changeErrorRate } = assumptions;
  const rows = [
    row(`as good (${inPercent(errorRate)} errors)`, harmless),
    row(`as assumed (${inPercent(changeErrorRate)} errors)`, assumed),
  ];
  const head = ['A CHANGE THAT IS', 'COMPLETES', 'ROLLED BACK', 'HELD', 'FOUND AFTER', 'UNITS WITH ERRORS'];
  return [
    `At ${unitsPerSecond} units a second:`,
    table(head, rows, paint),
    ...(takenAsGood.length === 0 ? [] : [paint.odd(`not simulated, taken as good: ${takenAsGood.join(', ')}`)]),
  ].join('\n');
}

function row(name: string, { completed, rolledBack, held, detectionMs, errorUnits }: SimulatedOutcomes): string[] {
  const after = detectionMs.p50 === null ? 'not in half' : `${formatDuration(detectionMs.p50)} in half`;
  return [name, inPercent(completed), inPercent(rolledBack), inPercent(held), after, `${errorUnits.p50 ?? 'unknown'} in half`];
}

function inPercent(part: number): string {
  return `${Number((part * 100).toFixed(1))} %`;
}
