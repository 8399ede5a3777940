/** A server that shares its store with another, and has not heard yet whom that one let in. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, openWorkspace, type Store, type Workspace } from 'sluice';
import { sqliteStore } from 'sluice/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashPassword } from './passwords.ts';
import { SecondLook } from './second-look.ts';
import { Sessions } from './sessions.ts';
import { PASSWORD, SCOPE, type World, world } from './world.testing.ts';

const SYSTEM = { principal: { kind: 'system' } } as const;

describe('who was let in at another replica', () => {
  let folder: string;
  let at: World;
  let other: Workspace;
  let refreshes: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-look-'));
    const file = join(folder, 'sluice.db');
    refreshes = 0;
    at = await world({ failedLoginsPerMinute: 1_000_000 }, {}, asked(sqliteStore({ file })));
    other = openWorkspace({ store: sqliteStore({ file }), clock: at.clock });
    await other.ready;
  });
  afterEach(async () => {
    await other.close();
    await at.close();
    await rm(folder, { recursive: true });
  });

  /** Counts how often it is asked for news; by itself it hears of them a moment later. */
  const asked = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        if (name === 'refresh') refreshes += 1;
        const found = Reflect.get(target, name, target) as unknown;
        return typeof found === 'function' ? found.bind(target) : found;
      },
    });
  const statusOf = async (secret: string) => (await at.ask('GET', '/api/v1/me', { as: secret })).status;
  const tokenOf = async (from: Workspace) =>
    (await from.access.createToken({ kind: 'server', label: 'new', boundTo: SCOPE }, SYSTEM)).secret;

  it('is known by a token at once', async () => {
    for (let turn = 0; turn < 5; turn++) expect(await statusOf(await tokenOf(other))).toBe(200);
  });

  it('is known by a client token in the URL at once', async () => {
    const { secret } = await other.access.createToken({ kind: 'client', label: 'page', boundTo: SCOPE }, SYSTEM);
    const body = JSON.stringify({ context: { targetingKey: 'ann' }, id: 'ann', values: [{ metric: 'clicks', value: 1 }] });
    // As a browser sends it of a page that is gone.
    const answer = await fetch(`${at.url}/ofrep/v1/reports?token=${secret}`, { method: 'POST', body });
    expect(answer.status).toBe(200);
  });

  it('is let in with a password, and known by the cookie of the other, at once', async () => {
    const passwordHash = await hashPassword(PASSWORD);
    const roles = { shop: 'viewer' } as const;
    await other.access.createPerson({ email: 'new@example.org', roles, passwordHash }, SYSTEM);
    const body = { email: 'New@example.org', password: PASSWORD };
    expect((await at.ask('POST', '/api/v1/session', { as: null, body })).status).toBe(200);

    await other.access.createPerson({ email: 'newer@example.org', roles, passwordHash }, SYSTEM);
    const now = () => at.clock.now();
    const elsewhere = new Sessions({
      ...{ workspace: other, now, isSecure: false },
      key: 'a key of the tests, which is no secret',
    });
    const cookie = elsewhere.begin('newer@example.org').cookie.split(';')[0] ?? '';
    expect(await at.ask('GET', '/api/v1/me', { as: null, headers: { cookie } })).toMatchObject({ status: 200 });
  });

  it('is not looked for when it is nobody, more often than ten times a second', async () => {
    await statusOf(await tokenOf(other));
    const before = refreshes;
    const made = () => `sl_server_${randomBytes(12).toString('hex')}_${randomBytes(32).toString('base64url')}`;
    const wrong = Array.from({ length: 300 }, made);
    expect(new Set(await Promise.all(wrong.map(statusOf)))).toEqual(new Set([401]));
    expect(new Set(await Promise.all(['', 'sl_server_x', 'guess'].map(statusOf)))).toEqual(new Set([401]));
    expect(refreshes - before).toBeLessThanOrEqual(10);
    await at.clock.advance(1_000);
    expect(await statusOf(await tokenOf(other)), 'and those who are somebody are known again').toBe(200);
  });
});

describe('a second look', () => {
  const counted = (refresh: () => Promise<void> = async () => {}, isAway = false) => {
    const clock = manualClock(0);
    const told = { refreshes: 0 };
    const look = new SecondLook({
      clock,
      isAway: () => isAway,
      refresh: () => {
        told.refreshes += 1;
        return refresh();
      },
    });
    return { clock, told, look };
  };

  it('asks the store a bounded number of times for 10,000 who are nobody, at once or one after another', async () => {
    const { clock, told, look } = counted();
    await Promise.all(Array.from({ length: 10_000 }, (_, index) => look.at(`at once ${index}`)));
    expect(told.refreshes).toBeLessThanOrEqual(10);
    await clock.advance(1_000);
    told.refreshes = 0;
    for (let index = 0; index < 10_000; index++) await look.at(`one after another ${index}`);
    expect(told.refreshes).toBe(10);
    await clock.advance(1_000);
    expect(await look.at('who comes later')).toBe(true);
  });

  it('asks once in ten seconds for the same one', async () => {
    const { clock, told, look } = counted();
    for (let second = 0; second < 20; second++) {
      await look.at('ann');
      await clock.advance(1_000);
    }
    expect(told.refreshes).toBe(2);
  });

  it('does not trust a look that had begun before', async () => {
    const waiting: (() => void)[] = [];
    const { told, look } = counted(() => new Promise((resolve) => waiting.push(resolve)));
    const first = look.at('ann');
    await expect.poll(() => told.refreshes).toBe(1);
    const [second, third] = [look.at('bob'), look.at('eve')];
    waiting.shift()?.();
    expect(await first).toBe(true);
    await expect.poll(() => told.refreshes).toBe(2);
    waiting.shift()?.();
    expect(await Promise.all([second, third])).toEqual([true, true]);
  });

  it('is not taken while the store is away, and helps nobody when that fails or hangs', async () => {
    expect([await counted(undefined, true).look.at('ann')]).toEqual([false]);
    expect(await counted(() => Promise.reject(new Error('away'))).look.at('ann')).toBe(false);
    const { clock, look, told } = counted(() => new Promise(() => {}));
    const answer = look.at('ann');
    await expect.poll(() => told.refreshes).toBe(1);
    await clock.advance(2_000);
    expect(await answer).toBe(false);
  });
});
