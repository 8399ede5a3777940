/** The schema of plan files for editors, made of the table of their words: completion and a hint at each. What a value may be in the end is `plan check`'s to say. */
import { FLAG_STATUSES, WEBHOOK_FORMATS } from '@sluice/core';
import {
  CRITERION,
  FLAG_SETTINGS,
  NOTIFICATION,
  PREREQUISITE,
  type Reading,
  ROLLOUT,
  SCHEDULED,
  SEGMENT,
  STAGE,
  WEEKLY,
  WINDOW,
  type Words,
} from './plan-words.ts';

type Schema = Readonly<Record<string, unknown>>;

const DURATION: Schema = {
  type: 'string',
  pattern: '^( *\\d+(\\.\\d+)? *(ms|s|min|m|h|d))+ *$',
  description: 'A duration: 90s, 10m, 1h30m, 2d',
};
const TEXT: Schema = { type: 'string', minLength: 1 };
const TEXTS: Schema = { type: 'array', items: TEXT };
const PERCENTAGE: Schema = { type: 'number', minimum: 0, maximum: 100 };
const SWITCH: Schema = { type: 'boolean' };
const INSTANT: Schema = { type: 'string', description: 'Date and time with its zone, as 2027-01-31T08:00:00Z' };
const CLOCK: Schema = { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$' };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const NUMBER: Schema = { type: 'number' };
const enumOf = (values: readonly string[]): Schema => ({ enum: values });
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

/** By the library's name; those that are not here are of any type. */
const FORMS: Readonly<Record<string, Schema>> = {
  description: { type: 'string' },
  enabled: SWITCH,
  status: enumOf(FLAG_STATUSES),
  rolloutPercentage: PERCENTAGE,
  targetPercentage: PERCENTAGE,
  percentage: PERCENTAGE,
  variants: { type: 'object', minProperties: 2, description: 'Values by variant' },
  offVariant: TEXT,
  onVariant: TEXT,
  enabledUsers: TEXTS,
  enabledGroups: TEXTS,
  disabledUsers: TEXTS,
  disabledGroups: TEXTS,
  conditions: { type: 'object', description: 'Units that may be in' },
  condition: orNull({ type: 'object', description: 'Units that belong, besides the members' }),
  members: { ...TEXTS, description: 'Keys of units that belong: all of them' },
  at: INSTANT,
  bucketBy: orNull(TEXT),
  salt: TEXT,
  owner: orNull(TEXT),
  tags: TEXTS,
  expires: orNull(INSTANT),
  strategy: enumOf(['canary', 'blueGreen', 'percentage', 'ring']),
  toVariant: TEXT,
  toVersion: TEXT,
  autoAdvance: { ...SWITCH, description: 'false: every stage waits for an approval' },
  unvalidated: { ...SWITCH, description: 'true: by time alone, nothing judges it' },
  validatorName: TEXT,
  startAt: INSTANT,
  notBefore: INSTANT,
  startApproval: SWITCH,
  minExposures: COUNT,
  minSamples: COUNT,
  groups: TEXTS,
  approval: enumOf(['auto', 'manual']),
  metric: { ...TEXT, description: 'errorRate, p95, p99(render), mean(accuracy), rate(orders)' },
  max: NUMBER,
  min: NUMBER,
  versusControl: { ...NUMBER, description: 'How many times the control: 1.2' },
  nonInferiority: SWITCH,
  slowerThan: NUMBER,
  name: TEXT,
  source: TEXT,
  dryRun: SWITCH,
  reason: { type: 'string' },
  days: { type: 'array', items: enumOf(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']) },
  timeZone: { ...TEXT, description: 'As Europe/Berlin' },
  key: TEXT,
  url: { ...TEXT, description: `May name a variable of the environment, as in ${'$'}{CHAT_URL}` },
  format: enumOf(WEBHOOK_FORMATS),
  types: { ...TEXTS, description: 'Types of events, or all of a kind as in rollout.*' },
  environments: TEXTS,
  isDisabled: SWITCH,
  flag: TEXT,
};

export function planSchema(): Schema {
  const flag = object(
    { ...FLAG_SETTINGS, name: { name: 'name', read: 'value' } },
    {
      rollout: object(ROLLOUT, {}, ['strategy']),
      schedule: {
        type: 'array',
        items: object(SCHEDULED, {}, ['at']),
        description: 'All edits that wait for their instants',
      },
    },
    ['name'],
  );
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Plan of flags and rollouts (sluice plan)',
    ...object(
      {},
      {
        version: { const: 1 },
        segments: { type: 'array', items: object(SEGMENT, {}, ['name']) },
        flags: { type: 'array', items: flag },
        freeze_windows: { type: 'array', items: object(WINDOW, windowForms()) },
        notifications: { type: 'array', items: object(NOTIFICATION, {}, ['key', 'url']) },
      },
      ['version', 'flags'],
    ),
  };
}

function object(words: Words, more: Readonly<Record<string, Schema>> = {}, required: readonly string[] = []): Schema {
  const told = Object.entries(words).map(([word, { name, read }]) => [word, more[word] ?? formOf(name, read)]);
  const properties = { ...Object.fromEntries(told), ...more };
  return { type: 'object', additionalProperties: false, ...(required.length === 0 ? {} : { required }), properties };
}

function formOf(name: string, read: Reading): Schema {
  if (read === 'duration') return DURATION;
  if (read === 'value') return FORMS[name] ?? {};
  if ('one' in read) return object(read.one, read.one === WEEKLY ? { from: CLOCK, to: CLOCK } : {});
  if (read.each === PREREQUISITE)
    return { type: 'array', items: object(PREREQUISITE, { variants: TEXTS }, ['flag', 'variants']) };
  const item = read.each === WINDOW ? object(WINDOW, windowForms()) : object(read.each);
  if (read.each === STAGE)
    return { type: 'array', minItems: 1, items: { anyOf: [PERCENTAGE, { ...item, required: ['percentage'] }] } };
  return { type: 'array', items: read.each === CRITERION ? { ...item, required: ['metric'] } : item };
}

function windowForms(): Readonly<Record<string, Schema>> {
  return { from: INSTANT, to: INSTANT };
}
