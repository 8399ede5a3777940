/** The words of a plan file and what the library calls them: the one table, of which reading, faults and the editors' schema are made. */

/** How a value is read: as it is, as a duration, or as parts with words of their own. */
export type Reading = 'value' | 'duration' | { readonly each: Words } | { readonly one: Words };
export type Words = Readonly<Record<string, { readonly name: string; readonly read: Reading }>>;

const camel = (word: string): string => word.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const same = (words: readonly string[]): Words =>
  Object.fromEntries(words.map((word) => [word, { name: camel(word), read: 'value' as const }]));
const durations = (words: readonly string[]): Words =>
  Object.fromEntries(words.map((word) => [word, { name: `${camel(word)}Ms`, read: 'duration' as const }]));

const RULE: Words = same(['if', 'variant', 'rollout_percentage']);
export const PREREQUISITE: Words = same(['flag', 'variants']);

export const CRITERION: Words = {
  ...same([
    'metric',
    'max',
    'min',
    'versus_control',
    'non_inferiority',
    'slower_than',
    'name',
    'source',
    'min_samples',
    'dry_run',
  ]),
  ...durations(['window', 'stale_after']),
};
export const STAGE: Words = {
  ...same(['percentage', 'groups', 'min_exposures', 'approval', 'not_before']),
  ...durations(['bake', 'deadline']),
  criteria: { name: 'criteria', read: { each: CRITERION } },
};
export const WEEKLY: Words = same(['days', 'from', 'to', 'time_zone']);
export const WINDOW: Words = {
  ...same(['from', 'to', 'reason']),
  weekly: { name: 'weekly', read: { one: WEEKLY } },
};
export const ROLLOUT: Words = {
  ...same(['strategy', 'target_percentage', 'to_variant', 'to_version', 'auto_advance', 'min_exposures', 'unvalidated']),
  ...same(['start_at', 'start_approval']),
  validator: { name: 'validatorName', read: 'value' },
  ...durations(['bake', 'stage_deadline', 'validate_every', 'validator_deadline', 'approval_expiry']),
  stages: { name: 'stages', read: { each: STAGE } },
  criteria: { name: 'criteria', read: { each: CRITERION } },
  freeze_windows: { name: 'freezeWindows', read: { each: WINDOW } },
};
/** Settings of a flag, besides its name and rollout. */
export const FLAG_SETTINGS: Words = {
  ...same(['description', 'enabled', 'status', 'rollout_percentage', 'variants', 'off_variant', 'on_variant', 'split']),
  ...same(['enabled_users', 'enabled_groups', 'disabled_users', 'disabled_groups', 'conditions', 'bucket_by', 'salt']),
  ...same(['owner', 'tags', 'expires']),
  rules: { name: 'rules', read: { each: RULE } },
  prerequisites: { name: 'prerequisites', read: { each: PREREQUISITE } },
};
/** An edit that waits for its instant: what it sets then. */
export const SCHEDULED: Words = { ...same(['at']), ...FLAG_SETTINGS };
export const SEGMENT: Words = same(['name', 'description', 'condition', 'members', 'tags']);
export const NOTIFICATION: Words = {
  ...same(['key', 'url', 'format', 'environments']),
  events: { name: 'types', read: 'value' },
  disabled: { name: 'isDisabled', read: 'value' },
};
export const TOP = ['version', 'segments', 'flags', 'freeze_windows', 'notifications'] as const;
