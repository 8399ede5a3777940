import { DEFAULT_SCOPE, eventOf, newFlag, type SluiceEvent, type SluiceRecord } from '@sluice/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CommitEntry, commitEntry, entryOf, eventsOf, type JournalEntry, storedEntry } from './journal-entry.ts';

const flag = (key: string): SluiceRecord => ({ ...newFlag(key, DEFAULT_SCOPE, 0), revision: 1, share: key.length });
const FLAGS = ['a', 'b', 'c', 'd'].map(flag);
const overJson = (entry: JournalEntry): CommitEntry => entryOf(JSON.parse(JSON.stringify(storedEntry(entry)))) as CommitEntry;

const event: fc.Arbitrary<SluiceEvent> = fc
  .record({
    // The last is of a record that the change does not keep.
    record: fc.constantFrom(...FLAGS, flag('e')),
    type: fc.constantFrom('flag.created' as const, 'flag.updated' as const),
    reason: fc.constantFrom('', 'because'),
    at: fc.constantFrom(5, 6),
    detail: fc.constantFrom({}, {}, {}, { from: 1 }),
    key: fc.constantFrom(null, null, null, 'other'),
  })
  .map(({ record, type, reason, at, detail, key }) => {
    const made = eventOf(type, record, { actor: 'ann', reason }, at, detail);
    return key === null ? made : { ...made, key };
  });

it('a line gives back every event of a change in order, with its record', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 6 }), fc.boolean(), (events, hasReceipt) => {
      const receipt = { id: 'r', fingerprint: 'f' };
      const change = { records: FLAGS, events, ...(hasReceipt ? { receipt } : {}) };
      const expected = events.map((one, index) => ({ ...one, seq: 11 + index, ...(hasReceipt ? { receipt } : {}) }));
      const entry = overJson(commitEntry(10 + events.length, 'h', change));
      expect(eventsOf(entry)).toEqual(expected);
      expect(entry.records).toEqual(FLAGS);
    }),
  );
});

it('says once what ten thousand events have in common', () => {
  const records = Array.from({ length: 10_000 }, (_, index) => flag(`f${index}`));
  const events = records.map((record) => eventOf('flag.created', record, { actor: 'file', reason: 'edited' }, 5));
  expect(commitEntry(10_000, 'h', { records, events }).events).toEqual([
    { type: 'flag.created', at: 5, actor: 'file', reason: 'edited', detail: {}, from: 0, count: 10_000 },
  ]);
});

it('reads a line of an older journal, with whole flags and an event for each', () => {
  const [a] = FLAGS as [SluiceRecord];
  const { record: _, ...stored } = eventOf('flag.created', a, { actor: 'ann', reason: '' }, 5);
  const line = JSON.stringify({ type: 'commit', seq: 3, hash: 'h', records: [a], events: [stored] });
  const entry = entryOf(JSON.parse(line)) as CommitEntry;
  expect(entry.records).toEqual([a]);
  expect(eventsOf(entry)).toEqual([{ ...stored, record: a, seq: 3 }]);
});
