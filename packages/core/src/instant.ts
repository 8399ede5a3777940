/** Instants as people write them. */

const FORM = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Milliseconds since 1970 of an ISO 8601 date-time with its zone, such as `2027-01-31T00:00:00Z`; null for anything else, 30 February included. */
export function parseInstant(text: unknown): number | null {
  const found = typeof text === 'string' ? FORM.exec(text) : null;
  if (found === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map((part) => Number(part ?? 0));
  // Day 0 of the month after is this month's last day.
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (!isDay || hour > 23 || minute > 59 || second > 59) return null;
  const at = Date.parse(text as string);
  return Number.isFinite(at) ? at : null;
}
