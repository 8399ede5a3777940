import { expect, it } from 'vitest';
import { RisingCounts } from './rising-counts.ts';

it('tells of a cause the first time, and when its count gets one digit more', () => {
  const counts = new RisingCounts();
  const told = Array.from({ length: 1_000 }, () => counts.add(['gone'])).flat();
  expect(told).toEqual([1, 10, 100, 1_000].map((count) => ['gone', count]));
  expect(counts.add(['gone', ...Array.from({ length: 10_000 }, () => 'gone')])).toEqual([['gone', 11_001]]);
});

it('takes causes that differ in numbers for one, and causes that differ in names for two', () => {
  const counts = new RisingCounts();
  const late = Array.from({ length: 9 }, (_, age) => counts.add([`it is ${60 + age} s old`])).flat();
  expect(late).toEqual([['it is 60 s old', 1]]);
  expect(counts.add(['there is no flag "v1"', 'there is no flag "v2"', 'no flag "a \\" 1"'])).toHaveLength(3);
});
