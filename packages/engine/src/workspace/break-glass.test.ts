import { expect, it } from 'vitest';
import { killFile } from '../break-glass/break-glass.testing.ts';
import { faultyStore } from '../break-glass/faulty-store.testing.ts';
import { manualClock } from '../clock/manual-clock.ts';
import { memoryStore } from '../store/memory-store.ts';
import { START, WHY } from './workspace.testing.ts';
import { openWorkspace } from './workspace.ts';

const file = killFile();
const user = { userId: 'u' };

async function opened(kept = memoryStore(), clock = manualClock(START)) {
  const store = faultyStore(kept);
  const workspace = openWorkspace({ store, clock, breakGlass: { file: file.path } });
  await workspace.ready;
  return { kept, clock, store, workspace };
}

async function openFlags() {
  const world = await opened();
  const { workspace } = world;
  await workspace.projects.create({ key: 'shop', environments: [{ key: 'staging' }, { key: 'production' }] }, WHY);
  for (const environment of ['staging', 'production'])
    await workspace.environment('shop', environment).flags.setFlag('f', { enabled: true }, WHY);
  return world;
}

it('a kill holds in its environment while the store is down, and in no other', async () => {
  const { workspace, store, kept, clock } = await openFlags();
  const [staging, production] = ['staging', 'production'].map((key) => workspace.environment('shop', key).flags);
  store.fault = 'unavailable';
  expect(await production?.disableFlag('f', WHY)).toMatchObject({ status: 'disabled', durable: false });
  expect([staging?.isEnabled('f', user), production?.isEnabled('f', user)]).toEqual([true, false]);
  expect(workspace.pendingEmergencies()).toMatchObject([
    { project: 'shop', environment: 'production', flag: 'f', actor: 'ann', isJournalled: true },
  ]);
  expect([staging?.listPendingKills().length, production?.listPendingKills().length]).toEqual([0, 1]);
  store.fault = null;
  await clock.advance(60_000);
  const log = await kept.log({ scope: { project: 'shop', environment: 'production' }, types: ['flag.killed'] });
  expect(log).toMatchObject([{ actor: 'ann', reason: 'because' }]);
  expect(await kept.log({ scope: { project: 'shop', environment: 'staging' }, types: ['flag.killed'] })).toEqual([]);
  expect(await file.text()).toBe('');
});

it('a kill that a process left behind is brought to the store by the next, though nobody asks for its environment', async () => {
  const { workspace, store, kept, clock } = await openFlags();
  store.fault = 'unavailable';
  await workspace.environment('shop', 'production').flags.disableFlag('f', WHY);
  // What is kept outlives the process.
  store.close = async () => {};
  await workspace.close();
  const next = await opened(kept, clock);
  await clock.advance(60_000);
  expect(await kept.log({ scope: { project: 'shop', environment: 'production' }, types: ['flag.killed'] })).toHaveLength(1);
  expect(next.workspace.environment('shop', 'production').flags.isEnabled('f', user)).toBe(false);
  expect(next.workspace.environment('shop', 'staging').flags.isEnabled('f', user)).toBe(true);
});
