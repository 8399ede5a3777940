/** Flags that are to be off rather than answered by old definitions. */
import { SluiceError } from '@sluice/core';

/** By flag: for how many milliseconds it may be served by definitions that are not known to be current. */
export type FailSafe = ReadonlyMap<string, number>;

/** @throws SluiceError `invalid` for a time that is none */
export function failSafeOf(settings: Readonly<Record<string, { readonly offWhenStaleMs: number } | undefined>>): FailSafe {
  const entries = Object.entries(settings).flatMap(([key, setting]) => (setting === undefined ? [] : [[key, setting] as const]));
  for (const [key, { offWhenStaleMs }] of entries) {
    if (Number.isFinite(offWhenStaleMs) && offWhenStaleMs >= 0) continue;
    const message = `must be milliseconds, 0 or more; it is ${String(offWhenStaleMs)}`;
    throw new SluiceError('invalid', `/failSafe/${key}/offWhenStaleMs ${message}`, {
      issues: [{ path: `/failSafe/${key}/offWhenStaleMs`, message }],
    });
  }
  return new Map(entries.map(([key, { offWhenStaleMs }]) => [key, offWhenStaleMs]));
}

/** Which flags are off now, and when the next one will be; `staleSince` is null while the definitions are current. */
export function shutFlags(
  failSafe: FailSafe,
  staleSince: number | null,
  now: number,
): { readonly shut: ReadonlySet<string>; readonly nextAt: number | null } {
  if (staleSince === null) return { shut: new Set(), nextAt: null };
  const due = [...failSafe].map(([key, ms]) => ({ key, at: staleSince + ms }));
  const later = due.filter(({ at }) => at > now).map(({ at }) => at);
  return {
    shut: new Set(due.filter(({ at }) => at <= now).map(({ key }) => key)),
    nextAt: later.length === 0 ? null : Math.min(...later),
  };
}
