import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockAhead } from './server-clock.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const ms = (max: number) => fc.integer({ min: 0, max });

/** What is heard of a server that is ahead, as the browser sees it. */
const heard = (ahead: number, there: number, back: number, sent: number) =>
  clockAhead(Math.floor((sent + there + ahead) / 1000) * 1000, sent, sent + there + back);

describe('the clock of the server', () => {
  it('is that of the browser as long as they can be equal, however slow the network is', () => {
    fc.assert(fc.property(ms(60_000), ms(60_000), ms(5_000), (there, back, at) => heard(0, there, back, NOON + at) === 0));
  });

  it('is known to a second and the time of a request, where one of the two is wrong', () => {
    const wrong = fc.integer({ min: -7_200_000, max: 7_200_000 });
    fc.assert(
      fc.property(wrong, ms(2_000), ms(2_000), ms(5_000), (ahead, there, back, at) => {
        expect(Math.abs(heard(ahead, there, back, NOON + at) - ahead)).toBeLessThanOrEqual(1_000 + there + back);
      }),
    );
  });
});
