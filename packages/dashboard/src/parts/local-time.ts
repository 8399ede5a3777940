/** Instants by the clock of the reader, as fields of a browser take them. */

/** The date and the time of day, as in `2027-01-31T08:00`; empty for none and for what is no instant. */
export function localTime(instant: string | null): string {
  const at = instant === null ? Number.NaN : Date.parse(instant);
  if (Number.isNaN(at)) return '';
  const date = new Date(at);
  const text = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  const day = `${text(date.getFullYear(), 4)}-${text(date.getMonth() + 1)}-${text(date.getDate())}`;
  const [seconds, ms] = [date.getSeconds(), date.getMilliseconds()];
  const fine = ms > 0 ? `:${text(seconds)}.${text(ms, 3)}` : seconds > 0 ? `:${text(seconds)}` : '';
  return `${day}T${text(date.getHours())}:${text(date.getMinutes())}${fine}`;
}

const WHOLE = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** The instant at which the reader's clock says so, as the API takes it; null where nothing whole is said. */
export function instantOf(local: string): string | null {
  const at = WHOLE.test(local) ? Date.parse(local) : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** Such as `Europe/Berlin`. */
export function zoneName(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
