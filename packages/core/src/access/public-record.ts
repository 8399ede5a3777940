/** What of a record may leave the program: everything but hashes and secrets. Every answer and every page of history passes here. */
import type { LoggedEvent, SluiceEvent } from '../event.ts';
import { publicUrl, type Webhook } from '../notification/webhook.ts';
import type { SluiceRecord } from '../record.ts';
import type { Person } from './person.ts';
import type { Token } from './token.ts';

/** Whether there is a password stays visible. */
export interface PublicPerson extends Omit<Person, 'passwordHash'> {
  readonly hasPassword: boolean;
}
export type PublicToken = Omit<Token, 'hash'>;
/** `url` without what in it may be secret. */
export type PublicWebhook = Omit<Webhook, 'secret'>;

export type PublicRecord = Exclude<SluiceRecord, Person | Token | Webhook> | PublicPerson | PublicToken | PublicWebhook;

/** The public form of a record of this kind. */
export type PublicOf<R extends SluiceRecord> = R extends Person
  ? PublicPerson
  : R extends Token
    ? PublicToken
    : R extends Webhook
      ? PublicWebhook
      : R;

export function publicRecord<R extends SluiceRecord>(record: R): PublicOf<R> {
  return withoutSecrets(record) as PublicOf<R>;
}

function withoutSecrets(record: SluiceRecord): PublicRecord {
  switch (record.kind) {
    case 'person': {
      const { passwordHash, ...rest } = record;
      return { ...rest, hasPassword: passwordHash !== null };
    }
    case 'token': {
      const { hash: _hash, ...rest } = record;
      return rest;
    }
    case 'webhook': {
      const { secret: _secret, ...rest } = record;
      return { ...rest, url: publicUrl(record) };
    }
    default:
      return record;
  }
}

export type PublicEvent<Event extends SluiceEvent = LoggedEvent> = Omit<Event, 'record'> & { readonly record: PublicRecord };

/** The event with the public form of its record. */
export function publicEvent<Event extends SluiceEvent>(event: Event): PublicEvent<Event> {
  return { ...event, record: withoutSecrets(event.record) };
}
