/** What makes a webhook, read whole. */
import type { Issue } from '../error.ts';
import { EVENT_TYPES } from '../event-type.ts';
import { nearest } from '../flag/nearest.ts';
import { shown } from '../flag/shown.ts';
import { throwIssues } from '../issues.ts';
import { keyShape } from '../project/key.ts';
import { listOf, objectOf, oneOf, type Shape, yesOrNo } from '../transfer/shape.ts';
import { WEBHOOK_FORMATS, type WebhookFormat } from './webhook.ts';

/** Absent settings keep what is there; a new webhook needs its `url`. */
export interface WebhookSettings {
  /** `https://…` or `http://…`, without user and password, at most 2048 characters. Whether it may be asked is the server's to say. */
  readonly url?: string;
  /** `standard` unless given. */
  readonly format?: WebhookFormat;
  /** Types of events, or all of a kind as in `rollout.*`; every event unless given. */
  readonly types?: readonly string[];
  /** Keys of environments; all, and what concerns the whole project, unless given. */
  readonly environments?: readonly string[];
  readonly isDisabled?: boolean;
}

const MAX_URL_LENGTH = 2048;
const URL_FORM = /^https?:\/\/[^\s/?#@\\]+(?:[/?#][^\s\\]*)?$/i;
const KINDS = [...new Set(EVENT_TYPES.map((type) => `${type.slice(0, type.indexOf('.'))}.*`))];
const FILTERS: readonly string[] = [...EVENT_TYPES, ...KINDS];

/** The value is not shown: many a URL is a secret. */
const urlShape: Shape = (value, path) =>
  typeof value === 'string' && value.length <= MAX_URL_LENGTH && URL_FORM.test(value)
    ? []
    : [{ path, message: `must be an http or https URL without user and password, of at most ${MAX_URL_LENGTH} characters` }];

const typeShape: Shape = (value, path) => {
  if (typeof value === 'string' && FILTERS.includes(value)) return [];
  const hint = typeof value === 'string' ? nearest(value, KINDS) : '';
  return [{ path, message: `must be a type of event, or all of a kind as in "rollout.*"; it is ${shown(value)}${hint}` }];
};

const webhookShape = objectOf(
  {},
  {
    url: urlShape,
    format: oneOf(WEBHOOK_FORMATS),
    types: listOf(typeShape),
    environments: listOf(keyShape),
    isDisabled: yesOrNo,
  },
);

/** @throws SluiceError `invalid` with every issue; `key` names the webhook */
export function parseWebhookSettings(key: unknown, settings: unknown): WebhookSettings {
  const issues: readonly Issue[] = [...keyShape(key, '/key'), ...webhookShape(settings, '')];
  throwIssues(`webhook ${shown(key)}`, issues);
  const { types, environments, ...rest } = settings as WebhookSettings;
  return {
    ...rest,
    ...(types === undefined ? {} : { types: [...new Set(types)] }),
    ...(environments === undefined ? {} : { environments: [...new Set(environments)] }),
  };
}
