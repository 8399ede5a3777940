import { describe, expect, it } from 'vitest';
import type { Change } from '../change.ts';
import { isRefusal, SluiceError } from '../error.ts';
import { planCreateProject } from '../project/plan-project.ts';
import type { Project } from '../project/project.ts';
import { parseProjectSettings } from '../project/settings.ts';
import { type Delivery, delivered, failed, MAX_DEAD_LETTERS, newDelivery, RETRY_DELAYS_MS, resent } from './delivery.ts';
import { planWebhookGone } from './gone.ts';
import { planDeleteWebhook, planSetWebhook } from './plan-webhook.ts';
import { parseWebhookSettings } from './settings.ts';
import { type Webhook, wantsEvent } from './webhook.ts';

const BY = { actor: 'ann', reason: 'why' };
const made = planCreateProject(undefined, parseProjectSettings({ key: 'shop' }), [], BY, 0);
const project = (isRefusal(made) ? undefined : made.records[0]) as Project;
const facts = { project, key: 'chat', kept: undefined, delivery: undefined, seq: 7 };

function webhookOf(settings: object, kept?: Webhook): Webhook {
  const change = planSetWebhook({ ...facts, kept }, parseWebhookSettings('chat', settings), 'secret', BY, 1);
  if (change === null || isRefusal(change)) throw new Error('no webhook');
  return change.records[0] as Webhook;
}

function issuesOf(settings: unknown): string[] {
  try {
    parseWebhookSettings('chat', settings);
  } catch (error) {
    if (error instanceof SluiceError) return error.issues.map(({ path }) => path);
  }
  return [];
}

describe('a webhook', () => {
  it('names every bad setting, and shows no URL that it refuses', () => {
    const settings = {
      url: 'https://ann:pass-canary@example.com/',
      format: 'teams',
      types: ['flag.killed', 'flags.*', 3],
      environments: ['*'],
      isDisabled: 1,
      secret: 'mine',
    };
    expect(issuesOf(settings)).toEqual(['/secret', '/url', '/format', '/types/1', '/types/2', '/environments/0', '/isDisabled']);
    expect(() => parseWebhookSettings('chat', settings)).not.toThrow('pass-canary');
    for (const url of [
      'ftp://h/',
      'https://',
      'https://h/a b',
      'javascript:alert(1)',
      'https://h\\@evil/',
      `https://${'h'.repeat(2048)}/`,
    ])
      expect(issuesOf({ url })).toEqual(['/url']);
    expect(() => parseWebhookSettings('../etc', {})).toThrow('/key');
  });

  it('is told what it wants of its own project', () => {
    const all = webhookOf({ url: 'https://h/' });
    const [production, other] = [
      { project: 'shop', environment: 'production' },
      { project: 'toys', environment: 'production' },
    ];
    expect(wantsEvent(all, { type: 'flag.killed', scope: production })).toBe(true);
    expect(wantsEvent(all, { type: 'flag.killed', scope: other })).toBe(false);
    const some = webhookOf({ url: 'https://h/', types: ['rollout.*', 'flag.killed'], environments: ['production'] });
    expect(wantsEvent(some, { type: 'rollout.advanced', scope: production })).toBe(true);
    expect(wantsEvent(some, { type: 'flag.created', scope: production })).toBe(false);
    expect(wantsEvent(some, { type: 'rollout.advanced', scope: { project: 'shop', environment: '*' } })).toBe(false);
    expect(wantsEvent({ ...all, isDisabled: true }, { type: 'flag.killed', scope: production })).toBe(false);
    expect(wantsEvent({ ...all, deletedAt: 3 }, { type: 'flag.killed', scope: production })).toBe(false);
  });

  it('begins at the end of the log, and again after it was off or deleted; its secret stays when it is edited', () => {
    const first = planSetWebhook(facts, { url: 'https://h/' }, 'one', BY, 1);
    expect(first).toMatchObject({
      records: [
        { secret: 'one', revision: 1 },
        { kind: 'delivery', cursor: 7, revision: 1 },
      ],
    });
    const kept = webhookOf({ url: 'https://h/' });
    const edited = planSetWebhook({ ...facts, kept }, { types: ['flag.*'] }, 'two', BY, 2);
    expect(edited).toMatchObject({ records: [{ secret: 'secret', types: ['flag.*'], revision: 2 }] });
    expect((edited as Change).records).toHaveLength(1);
    const delivery = { ...newDelivery(kept.scope, 'chat', 3), revision: 4 };
    const off = { ...kept, isDisabled: true };
    expect(planSetWebhook({ ...facts, kept: off, delivery }, { isDisabled: false }, 'x', BY, 3)).toMatchObject({
      records: [{}, { cursor: 7, revision: 5 }],
    });
    const deleted = planDeleteWebhook(kept, BY, 4);
    const tombstone = isRefusal(deleted) ? undefined : (deleted.records[0] as Webhook);
    expect(planSetWebhook({ ...facts, kept: tombstone }, {}, 'x', BY, 5)).toMatchObject({ code: 'invalid' });
    expect(planSetWebhook({ ...facts, kept: tombstone, delivery }, { url: 'https://new/' }, 'new', BY, 5)).toMatchObject({
      records: [{ secret: 'new', revision: 3, deletedAt: null }, { revision: 5 }],
    });
    expect(planSetWebhook(facts, { url: 'https://h/', environments: ['moon'] }, 'x', BY, 1)).toMatchObject({ code: 'notFound' });
  });
});

describe('what a webhook could not be told', () => {
  const hook = webhookOf({ url: 'https://h/' });
  const event = { seq: 9, type: 'flag.killed' } as const;
  const failing = (delivery: Delivery, seq: number, times: number, now = 0): Delivery =>
    Array.from({ length: times }).reduce((last: Delivery) => failed(last, hook, { ...event, seq }, 'no answer', now), delivery);

  it('is tried again ever later, and given up after the last time, so that what follows is told', () => {
    const begun = failing(newDelivery(hook.scope, 'chat', 8), 9, 1, 50);
    expect(begun).toMatchObject({ cursor: 8, attempts: 1, failingSince: 50, retryAt: 50 + (RETRY_DELAYS_MS[0] ?? 0) });
    const tried = failing(begun, 9, RETRY_DELAYS_MS.length - 1, 60);
    expect(tried).toMatchObject({ cursor: 8, failingSince: 50, deadLetters: [], attempts: RETRY_DELAYS_MS.length });
    const given = failing(tried, 9, 1, 70);
    expect(given).toMatchObject({ cursor: 9, attempts: 0, failingSince: 50, retryAt: null, deadCount: 1 });
    expect(given.deadLetters).toEqual([
      { seq: 9, type: 'flag.killed', at: 70, attempts: RETRY_DELAYS_MS.length + 1, problem: 'no answer' },
    ]);
    expect(delivered(given, 10)).toMatchObject({ cursor: 10, failingSince: null, deadCount: 1 });
  });

  it('is kept of the newest only, and counted in all', () => {
    let delivery = newDelivery(hook.scope, 'chat', 0);
    for (let seq = 1; seq <= MAX_DEAD_LETTERS + 5; seq++) delivery = failing(delivery, seq, RETRY_DELAYS_MS.length + 1);
    expect([delivery.deadLetters.length, delivery.deadLetters[0]?.seq, delivery.deadCount]).toEqual([
      MAX_DEAD_LETTERS,
      6,
      MAX_DEAD_LETTERS + 5,
    ]);
  });

  it('is nothing that was told before', () => {
    const delivery = delivered(newDelivery(hook.scope, 'chat', 0), 5);
    expect(delivered(delivery, 5)).toBe(delivery);
    expect(delivered(delivery, 3)).toBe(delivery);
    expect(failing(delivery, 5, 20)).toBe(delivery);
  });

  it('is a dead letter at once where its receiver says that it is gone, and the webhook is off until somebody switches it on', () => {
    const by = { actor: 'system', reason: 'gone' };
    const tried = failing(newDelivery(hook.scope, 'chat', 8), 9, 1, 50);
    const answer = { event, problem: 'answered 410 by https://h/', askedUrl: hook.url };
    const change = planWebhookGone(hook, tried, answer, by, 60) as Change;
    expect(change).toMatchObject({
      records: [
        { kind: 'webhook', isDisabled: true, revision: hook.revision + 1, updatedAt: 60 },
        { kind: 'delivery', cursor: 9, attempts: 0, retryAt: null, failingSince: 50, goneAt: 60, deadCount: 1 },
      ],
      events: [{ type: 'webhook.updated', actor: 'system', reason: 'gone' }],
    });
    const [off, delivery] = change.records as [Webhook, Delivery];
    expect(delivery.deadLetters).toEqual([{ seq: 9, type: 'flag.killed', at: 60, attempts: 2, problem: 'answered 410 by …' }]);
    const on = planSetWebhook({ ...facts, kept: off, delivery }, { isDisabled: false }, 'x', BY, 70) as Change;
    expect(on.records[1]).not.toHaveProperty('goneAt');
    expect(on.records[1]).toMatchObject({ cursor: facts.seq, failingSince: null, deadLetters: delivery.deadLetters });
  });

  it('is a failure as any other where the webhook was off or had another URL by then, and nothing where it was told', () => {
    const by = { actor: 'system', reason: 'gone' };
    const delivery = newDelivery(hook.scope, 'chat', 8);
    const answer = { event, problem: 'gone', askedUrl: hook.url };
    for (const other of [{ url: 'https://new/' }, { isDisabled: true }, { deletedAt: 3 }])
      expect(planWebhookGone({ ...hook, ...other }, delivery, answer, by, 60)).toEqual({
        records: [failed(delivery, hook, event, 'gone', 60)],
        events: [],
      });
    expect(planWebhookGone(hook, delivered(delivery, 9), answer, by, 60)).toBeNull();
  });

  it('has a dead letter until it was sent again', () => {
    const delivery = failing(
      failing(newDelivery(hook.scope, 'chat', 8), 9, RETRY_DELAYS_MS.length + 1),
      10,
      RETRY_DELAYS_MS.length + 1,
    );
    expect(resent(delivery, 9)).toEqual({
      ...delivery,
      revision: delivery.revision + 1,
      deadLetters: delivery.deadLetters.slice(1),
    });
    expect(resent(delivery, 8)).toBe(delivery);
  });
});
