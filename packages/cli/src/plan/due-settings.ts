/** What a plan wants of a flag at an instant: what it says of it, and the scheduled edits whose instants are past. */
import type { FlagSettings } from '@sluice/core';
import type { PlannedFlag } from './plan.ts';

/**
 * Without this, applying the plan again would take back what its own schedule did. Edits that are past were made by the schedule, or
 * never could be: then this makes them late, as the schedule does.
 */
export function settingsAt({ settings, schedule }: PlannedFlag, now: number): FlagSettings {
  return (schedule ?? []).filter(({ at }) => at <= now).reduce((before, edit) => merged(before, edit.settings), settings);
}

type ShareWords = Pick<FlagSettings, 'enabled' | 'status' | 'rolloutPercentage'>;

/** One edit that says what the two say one after another. */
function merged(before: FlagSettings, edit: FlagSettings): FlagSettings {
  const { enabled: _enabled, status: _status, rolloutPercentage: _percentage, ...rest } = before;
  const { enabled: _on, status: _as, rolloutPercentage: _share, ...later } = edit;
  return { ...rest, ...later, ...shareWords(before, edit) };
}

function shareWords(before: ShareWords, { enabled, status, rolloutPercentage }: ShareWords): ShareWords {
  const given = rolloutPercentage === undefined ? {} : { rolloutPercentage };
  const { status: was, rolloutPercentage: percentage } = before;
  const kept = percentage === undefined ? given : { rolloutPercentage: percentage, ...given };
  if (status !== undefined) return { status, ...(status === 'enabled' ? given : kept) };
  if (enabled === false) return { enabled, ...given };
  const isOff = before.enabled === false || was === 'disabled';
  // To switch on brings back what was, and leaves what is on as it is.
  if (enabled === true && isOff) return { enabled, ...kept };
  if (enabled === true && was === undefined) return { enabled, ...kept };
  if (rolloutPercentage === undefined) return sharesOf(before);
  // A part of the units is no status of its own, and a percentage alone undoes no kill.
  if (was === 'enabled' || was === 'whitelist') return { status: 'percentage', ...given };
  return { ...sharesOf(before), ...given };
}

function sharesOf({ enabled, status, rolloutPercentage }: ShareWords): ShareWords {
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(status === undefined ? {} : { status }),
    ...(rolloutPercentage === undefined ? {} : { rolloutPercentage }),
  };
}
