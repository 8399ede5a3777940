import { DEFAULT_SCOPE, type Snapshot } from '@sluice/core';
import { followStream } from '@sluice/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STAGING, START, type StreamReader, streamWorld } from './stream-world.testing.ts';

/** What happens between two looks at a client. */
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('set' as const), key: fc.constantFrom('a', 'b', 'c'), isGone: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('elsewhere' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('emergency' as const), keys: fc.subarray(['a', 'b']) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('cut' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('look' as const) }) },
);
const runs = process.env.SLUICE_SOAK === undefined ? 40 : 1_000;

/** One SDK: whatever is cut, it comes back with the place that it has. */
class Sdk {
  readonly #open: (path: string, headers: Record<string, string>) => Promise<StreamReader>;
  #reader: StreamReader | null = null;
  #taken = 0;
  snapshot: Snapshot | null = null;

  constructor(open: (path: string, headers: Record<string, string>) => Promise<StreamReader>) {
    this.#open = open;
  }

  async connect(): Promise<void> {
    this.#reader?.close();
    const headers: Record<string, string> = this.snapshot === null ? {} : { 'last-event-id': String(this.snapshot.seq) };
    this.#reader = await this.#open('/stream', headers);
    this.#taken = 0;
  }

  async until(isSo: (snapshot: Snapshot | null) => boolean): Promise<void> {
    await this.#reader?.until(({ messages }) => {
      for (const message of messages.slice(this.#taken)) this.snapshot = followStream(this.snapshot, message);
      this.#taken = messages.length;
      return isSo(this.snapshot);
    });
  }
}

describe('an SDK whose connection is cut again and again', () => {
  it('has in the end what a new one is given, from a past that is long enough or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 25 }), fc.integer({ min: 1, max: 6 }), async (happenings, ringFrames) => {
        const world = await streamWorld({ ringFrames });
        try {
          const sdk = new Sdk(world.open);
          await sdk.connect();
          const current = async (): Promise<Snapshot> =>
            JSON.parse((await world.hub.definitions(DEFAULT_SCOPE)).encoded().body.toString());
          const caughtUp = async (): Promise<void> => {
            const wanted = await current();
            await sdk.until(
              (has) => has?.seq === wanted.seq && JSON.stringify(has.emergencies) === JSON.stringify(wanted.emergencies),
            );
            expect(sdk.snapshot).toEqual(wanted);
          };
          for (const one of happenings) {
            if (one.type === 'set') await world.putFlag(one.key, one.isGone ? { archivedAt: START } : {});
            else if (one.type === 'elsewhere') await world.putFlag('a', { scope: STAGING });
            else if (one.type === 'cut') await sdk.connect();
            else if (one.type === 'look') await caughtUp();
            else
              world.hub.impose(
                DEFAULT_SCOPE,
                one.keys.map((key) => ({ id: key, key, act: { type: 'kill' } })),
              );
          }
          await sdk.connect();
          await caughtUp();
          expect(world.problems).toEqual([]);
        } finally {
          await world.stop();
        }
      }),
      { numRuns: runs },
    );
  });
});
