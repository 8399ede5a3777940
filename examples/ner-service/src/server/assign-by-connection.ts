/** The server's flags decide, asked in this process; how it went is reported to the server. */
import type { Connection } from '@sluice/client';
import type { Unit } from 'sluice';
import { type Assignment, FLAG, STABLE, TEST } from '../assignment.ts';
import { unitOf } from './audience.ts';
import { REFINEMENTS } from './refinements.ts';

/** A test that goes on for days, and may run when the other is over. */
export const LONG_TEST = 'compromise_vs_wink_week';
const TESTS = [TEST, LONG_TEST] as const;

export function assignByConnection(connection: Connection, userId: string): Assignment {
  const unit = unitOf(userId);
  for (const test of TESTS) {
    const { value, variant, reason } = connection.evaluate(test, unit, STABLE);
    // A test that does not run answers, too: with its control, and another reason.
    if (reason === 'SPLIT' && variant !== null && typeof value === 'string')
      return assignedByTest(connection, { test, variant, component: value, unit });
  }
  const component = connection.getVariant(FLAG, unit, STABLE);
  return reporting(connection, component, [{ flag: FLAG, variant: component, unit: userId }, ...refined(connection, unit)]);
}

interface Tested {
  readonly test: string;
  readonly variant: string;
  readonly component: string;
  readonly unit: Unit;
}

function assignedByTest(connection: Connection, { test, variant, component, unit }: Tested): Assignment {
  const besides = reporting(connection, component, refined(connection, unit));
  const options = unit.userId === undefined || unit.userId === null ? {} : { userId: unit.userId };
  const record = (metric: string, value: number): void => {
    connection.recordMetric(test, variant, metric, value, options);
  };
  return {
    component,
    succeeded: (latencyMs) => {
      record('latency', latencyMs);
      besides.succeeded(latencyMs);
    },
    failed: () => {
      record('errors', 1);
      besides.failed();
    },
    measured: record,
  };
}

interface Labels {
  readonly flag: string;
  readonly variant: string;
  readonly unit: string;
}

/** What a request may have been served besides its component: a rollout of it is judged by the same requests. */
function refined(connection: Connection, unit: Unit): Labels[] {
  return REFINEMENTS.flatMap((flag) => {
    const variant = connection.getVariant(flag, unit);
    return variant === null ? [] : [{ flag, variant, unit: String(unit.userId) }];
  });
}

function reporting(connection: Connection, component: string, all: readonly Labels[]): Assignment {
  for (const labels of all) connection.count('requests', 1, labels);
  return {
    component,
    succeeded: (latencyMs) => {
      for (const labels of all) connection.observe('latency', latencyMs, labels);
    },
    failed: () => {
      for (const labels of all) connection.count('errors', 1, labels);
    },
    measured: (metric, value) => {
      for (const labels of all) connection.observe(metric, value, labels);
    },
  };
}
