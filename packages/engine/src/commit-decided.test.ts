import { changeOf, flagAt } from '@sluice/conformance';
import { SluiceError } from '@sluice/core';
import { expect, it } from 'vitest';
import { commitDecided } from './commit-decided.ts';
import { memoryStore } from './store/memory-store.ts';

it('is told what others committed before it decides again, and not only when they ring', async () => {
  const store = memoryStore();
  await store.commit(changeOf(flagAt('f', 1)));
  let known = 1;
  for (let revision = 2; revision <= 20; revision++) await store.commit(changeOf(flagAt('f', revision)));
  const commits: number[] = [];
  const committed = await commitDecided({
    store: {
      commit: (change, seenSeq) => {
        commits.push(change.records[0]?.revision ?? 0);
        return store.commit(change, seenSeq);
      },
      refresh: async () => {
        known = 20;
      },
      log: (query) => store.log(query),
    },
    scopes: [],
    seen: () => known,
    decide: () => changeOf(flagAt('f', known + 1)),
    request: undefined,
  });
  expect(commits).toEqual([2, 21]);
  expect(committed?.records[0]?.revision).toBe(21);
});

it('gives up on a record that others change without end', async () => {
  const conflict = new SluiceError('conflict', 'somebody was first');
  let attempts = 0;
  const store = {
    commit: () => {
      attempts += 1;
      return Promise.reject(conflict);
    },
    refresh: async () => {},
    log: async () => [],
  };
  const decided = { store, scopes: [], seen: () => attempts, decide: () => changeOf(flagAt('f', attempts)), request: undefined };
  await expect(commitDecided(decided)).rejects.toBe(conflict);
  expect(attempts).toBe(16);
});
