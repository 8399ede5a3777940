/** Durations as people write them: `90s`, `10m`, `1h30m`, `2d`. */

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const FORM = /^(?:\d+(?:\.\d+)?(?:ms|s|min|m|h|d))+$/;

/** Milliseconds; null for what is no duration. A number without a unit is none: of what? */
export function parseDuration(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  const compact = text.replaceAll(' ', '');
  if (!FORM.test(compact)) return null;
  const parts = [...compact.matchAll(/(\d+(?:\.\d+)?)(ms|s|min|m|h|d)/g)];
  return Math.round(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS_MS[unit ?? ''] ?? 0), 0));
}

/** In whole seconds where there is one, as in `1h30m`; `parseDuration` reads it again. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))}ms`;
  let rest = Math.floor(ms / 1_000);
  const take = (size: number): number => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count;
  };
  const parts = [`${take(86_400)}d`, `${take(3_600)}h`, `${take(60)}m`, `${rest}s`];
  return parts.filter((part) => !/^0/.test(part)).join('');
}
