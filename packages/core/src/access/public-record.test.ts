import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventOf } from '../event.ts';
import { EVENT_TYPES } from '../event-type.ts';
import { newFlag } from '../flag/edit.ts';
import { failed, newDelivery, RETRY_DELAYS_MS } from '../notification/delivery.ts';
import type { Webhook } from '../notification/webhook.ts';
import type { SluiceRecord } from '../record.ts';
import { DEFAULT_SCOPE, INSTALLATION_SCOPE, projectScope } from '../scope.ts';
import type { Person } from './person.ts';
import { publicEvent, publicRecord } from './public-record.ts';
import type { Token } from './token.ts';

const CANARY = 'canary-0123456789';
const base = { revision: 1, createdAt: 1, updatedAt: 1 };

const person = (secret: string): Person => ({
  ...base,
  kind: 'person',
  scope: INSTALLATION_SCOPE,
  key: 'ann@example.com',
  name: 'Ann',
  passwordHash: secret,
  roles: { shop: 'editor' },
  isDisabled: false,
  sessionsValidFrom: 0,
});
const token = (secret: string): Token => ({
  kind: 'token',
  scope: projectScope('shop'),
  key: 'id',
  revision: 1,
  tokenKind: 'server',
  label: 'backend',
  hash: secret,
  boundTo: DEFAULT_SCOPE,
  person: null,
  createdBy: 'ann@example.com',
  createdAt: 1,
  expiresAt: null,
  revokedAt: null,
});
const webhook = (secret: string, url: string, format: 'standard' | 'slack'): Webhook => ({
  ...base,
  kind: 'webhook',
  scope: projectScope('shop'),
  key: 'chat',
  url,
  format,
  types: [],
  environments: [],
  secret,
  isDisabled: false,
  deletedAt: null,
});

const records = (): fc.Arbitrary<SluiceRecord> =>
  fc.oneof(
    fc.constant(person(`argon2$${CANARY}`)),
    fc.constant(token(CANARY)),
    fc
      .tuple(
        fc.constantFrom('https://hooks.example.com/services/', 'http://h/?key=', 'https://h:8080/a#', 'https://h?'),
        fc.constantFrom('standard' as const, 'slack' as const),
      )
      .map(([url, format]) => webhook(`whsec_${CANARY}`, `${url}${CANARY}`, format)),
    fc.constant(newFlag('f', DEFAULT_SCOPE, 1)),
    fc.constant(newDelivery(projectScope('shop'), 'chat', 1)),
  );

it('no hash and no secret is in what leaves, of any record and any event', () => {
  fc.assert(
    fc.property(records(), fc.constantFrom(...EVENT_TYPES), (record, type) => {
      expect(JSON.stringify(publicRecord(record))).not.toContain(CANARY);
      const event = eventOf(type, record, { actor: 'a', reason: 'b' }, 1);
      expect(JSON.stringify(publicEvent(event))).not.toContain(CANARY);
      expect(JSON.stringify(publicEvent({ ...event, seq: 3 }))).toContain('"seq":3');
    }),
  );
});

it('what a person and a webhook are without secrets stays', () => {
  expect(publicRecord(person('x'))).toMatchObject({ key: 'ann@example.com', roles: { shop: 'editor' }, hasPassword: true });
  expect(publicRecord({ ...person('x'), passwordHash: null }).hasPassword).toBe(false);
  expect(publicRecord(webhook('s', 'https://hooks.example.com/T/B/x', 'slack')).url).toBe('https://hooks.example.com/…');
  expect(publicRecord(webhook('s', 'https://hooks.example.com', 'standard')).url).toBe('https://hooks.example.com');
  const flag = newFlag('f', DEFAULT_SCOPE, 1);
  expect(publicRecord(flag)).toBe(flag);
});

it('no error of a receiver carries what it was asked with into a dead letter', () => {
  const url = `https://hooks.example.com/services/${CANARY}`;
  const hook = webhook(`whsec_${CANARY}`, url, 'slack');
  const problem = `request to ${url} failed: POST /services/${CANARY} with whsec_${CANARY}`;
  let delivery = newDelivery(hook.scope, hook.key, 0);
  for (let attempt = 0; attempt <= RETRY_DELAYS_MS.length; attempt++)
    delivery = failed(delivery, hook, { seq: 1, type: 'flag.killed' }, problem, attempt);
  expect(delivery.deadLetters).toHaveLength(1);
  expect(JSON.stringify(publicRecord(delivery))).not.toContain(CANARY);
});
