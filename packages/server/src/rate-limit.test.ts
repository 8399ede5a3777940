import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HttpProblem } from './http-problem.ts';
import { RateLimit } from './rate-limit.ts';

const isTaken = (limit: RateLimit, key: string): boolean => {
  try {
    limit.count(key);
    return true;
  } catch (error) {
    if (error instanceof HttpProblem && error.status === 429) return false;
    throw error;
  }
};

test('in a window that begins with the first, exactly so many are taken as may be, of everybody apart', () => {
  const steps = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), afterMs: fc.nat(400) }), { maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), steps, (max, calls) => {
      let now = 0;
      const windowMs = 1000;
      const limit = new RateLimit({ max, windowMs, now: () => now });
      const windows = new Map<string, { begin: number; taken: number }>();
      for (const { key, afterMs } of calls) {
        now += afterMs;
        const last = windows.get(key);
        const window = last === undefined || now - last.begin >= windowMs ? { begin: now, taken: 0 } : last;
        windows.set(key, window);
        const taken = isTaken(limit, key);
        expect(taken).toBe(window.taken < max);
        if (taken) window.taken += 1;
      }
    }),
  );
});

test('who is told to wait is told until when', () => {
  let now = 0;
  const limit = new RateLimit({ max: 1, now: () => now });
  limit.count('a');
  now = 48_500;
  const refused = (() => {
    try {
      return limit.count('a');
    } catch (error) {
      return error;
    }
  })();
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '12' } });
});

test('strangers without end take no memory without end, and the newest are still counted', () => {
  const limit = new RateLimit({ max: 1, now: () => 0 });
  for (let stranger = 0; stranger <= 10_000; stranger++) limit.count(`stranger ${stranger}`);
  expect(isTaken(limit, 'stranger 10000')).toBe(false);
  expect(isTaken(limit, 'stranger 1')).toBe(false);
  expect(isTaken(limit, 'stranger 0')).toBe(true);
});

test('where nothing may be done, nothing is taken', () => {
  expect(isTaken(new RateLimit({ max: 0, now: () => 0 }), 'a')).toBe(false);
});
