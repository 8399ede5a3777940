import { DEFAULT_SCOPE, eventOf, type Flag, newFlag } from '@sluice/core';
import { expect, it } from 'vitest';
import { History } from './history.ts';
import { commitEntry, type JournalEntry } from './journal-entry.ts';
import { JournalState } from './journal-state.ts';

const flagAt = (key: string, revision: number): Flag => ({ ...newFlag(key, DEFAULT_SCOPE, 0), revision });
const by = { actor: 'a', reason: '' };
const commitOf = (seq: number, hash: string, flag: Flag): JournalEntry =>
  commitEntry(seq, hash, { records: [flag], events: [eventOf('flag.updated', flag, by, 0)] });
const stateOf = (): JournalState => new JournalState(new History({ older: () => [], readOlder: () => [] }));

function stateAfter(...entries: JournalEntry[]): JournalState {
  const state = stateOf();
  state.apply(entries, true);
  return state;
}

it('a checkpoint says what the flag file does not say yet', () => {
  const state = stateAfter(
    commitOf(1, 'h1', flagAt('a', 1)),
    { type: 'projected', hash: 'h1' },
    commitOf(2, 'h2', flagAt('a', 2)),
    commitOf(3, 'h3', flagAt('b', 1)),
  );
  const again = stateAfter(...state.checkpoint());
  for (const { hash, seq, unplacedHashes, placedFlags } of [state, again]) {
    expect({ hash, seq, hashes: [...unplacedHashes] }).toEqual({ hash: 'h3', seq: 3, hashes: ['h1', 'h2'] });
    expect([...placedFlags]).toEqual([
      ['a', flagAt('a', 1)],
      ['b', null],
    ]);
  }
});

it('an edit that was taken in is no edit again while its file stands in the way', () => {
  const edited = { hash: 'by hand', flags: [['b', null]] as const };
  const flag = flagAt('a', 1);
  const state = stateAfter(commitOf(1, 'h1', flagAt('b', 1)), commitEntry(2, 'h2', { records: [flag], events: [] }, edited));
  expect(state.unplacedHashes.has('by hand')).toBe(true);
  expect([...state.placedFlags]).toEqual([['b', null]]);
});

it('a checkpoint that knows less than this process is refused before anything is taken in', () => {
  const state = stateAfter(commitOf(1, 'h1', flagAt('a', 1)), commitOf(2, 'h2', flagAt('a', 2)));
  const older = [...stateAfter(commitOf(1, 'h1', flagAt('a', 1))).checkpoint()];
  expect(() => state.apply(older, true)).toThrow('had not seen all of it');
  expect(state.seq).toBe(2);
  expect(state.book.get({ kind: 'flag', scope: DEFAULT_SCOPE, key: 'a' })?.revision).toBe(2);
});
