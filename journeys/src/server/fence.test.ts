/** A controller that slept between its decision and the store, while another took the lease and asked its own validator. */
import { type PostgresServer, startPostgres } from '@sluice/conformance/postgres';
import { createSluice, manualClock, type Sluice, type Store } from 'sluice';
import { postgresStore } from 'sluice/postgres';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { advanceUntil } from '../../../packages/engine/src/clock/advance-until.testing.ts';
import { SCOPE } from './server-process.testing.ts';

const START = 1_700_000_000_000;
const BY = { actor: 'ann', reason: 'rolled out' };
const soon = { timeout: 20_000, interval: 5 };
/** The database is asked in its own time. */
const A_LOOK = { stepMs: 500, realMs: 100 };

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** A promise, and how it is fulfilled. */
function signal<T = void>() {
  let fulfil: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    fulfil = resolve;
  });
  return { promise, fulfil: (value: T) => fulfil(value) };
}

/** Its process sleeps between the decision to open the last stage and the store, until it is woken. */
function sleeping(store: Store) {
  const [asleep, awake, answered] = [signal<number>(), signal(), signal()];
  const kept = store.commit.bind(store);
  const commit: Store['commit'] = async (change, seenSeq, fence) => {
    if (!change.events.some(({ type }) => type === 'rollout.finalizing')) return kept(change, seenSeq, fence);
    expect(fence).toBeDefined();
    asleep.fulfil(change.records.find(({ kind }) => kind === 'rollout')?.revision ?? 0);
    await awake.promise;
    return kept(change, seenSeq, fence).finally(answered.fulfil);
  };
  const wake = (): Promise<void> => {
    awake.fulfil();
    return answered.promise;
  };
  return { store: Object.assign(store, { commit }), asleep: asleep.promise, wake };
}

/** What a store would be that forgets the fence: all else is checked as before. */
function withoutFence(store: Store): Store {
  const kept = store.commit.bind(store);
  return Object.assign(store, { commit: (change: Parameters<Store['commit']>[0], seenSeq?: number) => kept(change, seenSeq) });
}

function opened(store: Store) {
  const clock = manualClock(START);
  const sluice = createSluice({ store, clock });
  onTestFinished(() => sluice.close());
  return { ...sluice, store, clock };
}

const rolloutOf = async ({ store }: { readonly store: Store }) =>
  (await store.read()).records.find(({ kind }) => kind === 'rollout');

async function eventsOf({ store }: { readonly store: Store }): Promise<string[]> {
  const events = await store.log({ scope: SCOPE, kind: 'rollout', key: 'f' });
  return events.map(({ type }) => type);
}

async function begin({ flags, rollouts, clock }: Sluice & { readonly clock: ReturnType<typeof manualClock> }): Promise<void> {
  rollouts.registerValidator('check', () => true);
  await flags.setFlag('f', { enabled: true, rolloutPercentage: 0 }, BY);
  await rollouts.startRollout('f', { strategy: 'percentage', stages: [10, 100], validatorName: 'check', bakeMs: 4_000, ...BY });
  await advanceUntil(clock, () => flags.getFlag('f')?.servedPercentage === 10, A_LOOK);
}

/** What had become of the rollout when one that slept past its lease woke, and the present holder, whose validator has found harm since. */
async function afterSleep(storeOf: (store: Store) => Store) {
  const url = await postgres.database();
  const { store, asleep, wake } = sleeping(storeOf(postgresStore({ url })));
  const sleeper = opened(store);
  await begin(sleeper);
  let revision = 0;
  void asleep.then((decided) => {
    revision = decided;
  });
  await advanceUntil(sleeper.clock, () => revision > 0, A_LOOK);

  const holder = opened(postgresStore({ url }));
  const answer = signal<boolean>();
  let isAsked = false;
  holder.rollouts.registerValidator('check', () => {
    isAsked = true;
    return answer.promise;
  });
  await vi.waitFor(() => expect(holder.flags.getFlag('f')?.servedPercentage).toBe(10), soon);
  // Until the lease is over by its clock, and it has watched the stage for as long as that has to bake.
  await vi.waitFor(async () => {
    await holder.clock.advance(500);
    expect(isAsked).toBe(true);
  }, soon);
  expect((await rolloutOf(holder))?.revision).toBe(revision - 1);

  await wake();
  const whenAwake = await eventsOf(holder);
  await holder.store.refresh();
  answer.fulfil(false);
  return { whenAwake, holder };
}

describe('a controller that wakes when another has the lease', () => {
  it('opens nothing, even where no revision has changed: what the holder finds is what counts', async () => {
    const { whenAwake, holder } = await afterSleep((store) => store);
    expect(whenAwake).toEqual(['rollout.started', 'rollout.advanced']);
    await vi.waitFor(async () => {
      await holder.clock.advance(500);
      expect(await eventsOf(holder)).toEqual([...whenAwake, 'rollout.rolledBack']);
    }, soon);
    expect(holder.flags.getFlag('f')?.servedPercentage).toBe(0);
  });

  it('is kept out by nothing else than the fence: without it the last stage opens while the holder still asks', async () => {
    const { whenAwake } = await afterSleep(withoutFence);
    expect(whenAwake).toEqual(['rollout.started', 'rollout.advanced', 'rollout.finalizing']);
  });
});
