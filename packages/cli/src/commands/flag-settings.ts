/** Settings of a flag as options. */
import type { FlagSettings } from '@sluice/core';
import { type Given, given, type OptionSpec } from '../option.ts';
import { objectIn } from '../shared-options.ts';

export const SETTINGS: readonly OptionSpec[] = [
  { form: '--percentage <0-100>', says: 'so many units are in, three decimals at most', type: 'percentage' },
  { form: '--status <status>', says: 'disabled, percentage, enabled or whitelist' },
  { form: '--description <text>', says: 'what it is for', type: 'textOrNothing' },
  { form: '--owner <name>', says: 'whose it is; "" is nobody', type: 'textOrNothing' },
  { form: '--tag <tag>', says: 'all its tags; may be repeated', isList: true },
  { form: '--expires <instant>', says: 'when it should be gone; "" is never', type: 'textOrNothing' },
  { form: '--settings <json>', says: 'any other settings, named as in the guide', type: 'json' },
];
export function settingsOf(asked: Given): FlagSettings {
  const tags = asked.list('tag');
  const description = asked.textOrNull('description');
  return {
    ...(objectIn(asked, 'settings') as FlagSettings),
    ...given({
      rolloutPercentage: asked.number('percentage'),
      status: asked.text('status') as FlagSettings['status'],
      description: description === null ? '' : description,
      owner: asked.textOrNull('owner'),
      tags,
      expires: asked.textOrNull('expires'),
    }),
  };
}

/** Whether settings let everybody in who is eligible. */
export function reachesEverybody({ enabled, status, rolloutPercentage }: FlagSettings): boolean {
  return status === 'enabled' || rolloutPercentage === 100 || (enabled === true && rolloutPercentage === undefined);
}
