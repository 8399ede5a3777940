/** A server over SQLite that is killed while it acknowledges writes. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { SluiceClient } from '@sluice/client';
import { expect, it } from 'vitest';
import { admitted, clientOf, freePort, SCOPE, seeded, spawnServer, wholeHistory } from './server-process.testing.ts';

const ROUNDS = process.env.SLUICE_SOAK === '1' ? 500 : 8;
const WRITERS = 4;

interface Write {
  readonly key: string;
  readonly description: string;
  readonly idempotencyKey: string;
}

interface Written {
  readonly acknowledged: Write[];
  /** No answer came: kept, or not. */
  readonly unanswered: Write[];
}

const send = (client: SluiceClient, { key, description, idempotencyKey }: Write) =>
  client.flags.set({ ...SCOPE, key, settings: { description }, reason: description }, { idempotencyKey });

async function writeUntilItDies(client: SluiceClient, writer: number, into: Written): Promise<void> {
  for (;;) {
    const write = { key: `flag_${writer}`, description: randomUUID(), idempotencyKey: randomUUID() };
    try {
      await send(client, write);
      into.acknowledged.push(write);
    } catch {
      into.unanswered.push(write);
      return;
    }
  }
}

it(
  `loses no acknowledged write over ${ROUNDS} kills, and what is sent again after one is done once`,
  async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-'));
    const place = { dataFolder, port: await freePort() };
    const random = seeded(20261125);
    const all: Written = { acknowledged: [], unanswered: [] };
    let server = spawnServer(place);
    await server.ready();
    const { secret } = await admitted(server);
    const client = clientOf(server, secret);
    for (let round = 1; round <= ROUNDS; round++) {
      const unanswered: Write[] = [];
      const writers = Array.from({ length: WRITERS }, (_, writer) =>
        writeUntilItDies(client, writer, { acknowledged: all.acknowledged, unanswered }),
      );
      await wait(random() * 250);
      expect(await server.end('SIGKILL'), `round ${round}: ${server.output()}`).toBe('SIGKILL');
      await Promise.all(writers);
      expect(unanswered, `round ${round}`).toHaveLength(WRITERS);
      server = spawnServer(place);
      await server.ready();
      // Those that got no answer ask again.
      for (const write of unanswered) await send(client, write);
      all.unanswered.push(...unanswered);
    }
    const events = await wholeHistory(client);
    const asked = [...all.acknowledged, ...all.unanswered].map(({ description }) => description).sort();
    expect(
      events
        .map(({ reason }) => reason)
        .filter((reason) => reason !== '')
        .sort(),
    ).toEqual(asked);
    for (const { reason, record } of events) expect((record as { description?: string }).description).toBe(reason);
    expect(all.acknowledged.length).toBeGreaterThan(ROUNDS);
    console.info(`${ROUNDS} kills: ${all.acknowledged.length} writes acknowledged, ${all.unanswered.length} sent again`);
    expect(await server.end('SIGTERM')).toBe(0);
    await rm(dataFolder, { recursive: true });
  },
  ROUNDS * 15_000,
);
