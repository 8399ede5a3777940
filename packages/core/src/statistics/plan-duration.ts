/** How long a test of a planned size takes. */
import { requireCountable, requirePositive } from './domain.ts';

const DAY_MS = 86_400_000;
/** Shorter tests leave out how the days of a week differ. */
const WEEK_DAYS = 7;

export interface PlannedDuration {
  /** Whole days until the size is reached. */
  readonly days: number;
  /** The same, up to whole weeks, at least one: what to plan. */
  readonly plannedDays: number;
  readonly durationMs: number;
}

/** `unitsPerDay`: new units that enter the test each day, both arms together. @throws SluiceError `invalid` */
export function plannedDuration(totalUnits: number, unitsPerDay: number): PlannedDuration {
  requirePositive('totalUnits', totalUnits);
  requirePositive('unitsPerDay', unitsPerDay);
  const days = Math.ceil(totalUnits / unitsPerDay);
  const plannedDays = Math.max(1, Math.ceil(days / WEEK_DAYS)) * WEEK_DAYS;
  requireCountable('totalUnits', totalUnits, plannedDays * DAY_MS, `so few that ${unitsPerDay} a day get there`);
  return { days, plannedDays, durationMs: plannedDays * DAY_MS };
}
