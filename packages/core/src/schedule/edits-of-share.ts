/** Which pending edits say something that the owner of a flag's share must agree to. */
import { parseFlagSettings } from '../flag/settings.ts';
import type { Schedule, ScheduledEdit } from './schedule.ts';

/** A kill is refused by no owner. */
export function editsOfShare({ key, pending }: Schedule): ScheduledEdit[] {
  return pending.filter(({ settings }) => {
    try {
      const { movesShare, enabled, status } = parseFlagSettings(key, settings);
      return movesShare && enabled !== false && status !== 'disabled';
    } catch {
      return false;
    }
  });
}
