import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameRing } from './frame-ring.ts';

const frames = fc.array(fc.record({ step: fc.integer({ min: 1, max: 3 }), length: fc.nat({ max: 20 }) }), { maxLength: 60 });

describe('FrameRing', () => {
  it('gives everything after a place or nothing, never a part, and holds no more than its bounds', () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 60 }), (added, ringFrames, ringBytes) => {
        const ring = new FrameRing({ ringFrames, ringBytes }, 5);
        const all: { seq: number; frame: Buffer }[] = [];
        let seq = 5;
        for (const { step, length } of added) {
          seq += step;
          const frame = Buffer.alloc(length, seq);
          all.push({ seq, frame });
          ring.add(seq, frame);
          expect(ring.bytes).toBeLessThanOrEqual(ringBytes);
          for (let place = 0; place <= seq + 1; place++) {
            const after = all.filter((past) => past.seq > place);
            const given = ring.since(place);
            if (given !== null) expect(given).toEqual(after.map((past) => past.frame));
            const bytes = after.reduce((sum, past) => sum + past.frame.length, 0);
            expect(given !== null).toBe(place >= 5 && after.length <= ringFrames && bytes <= ringBytes);
          }
        }
      }),
    );
  });

  it('holds its bounds over a long life', () => {
    const ring = new FrameRing({ ringFrames: 100, ringBytes: 1e6 }, 0);
    for (let seq = 1; seq <= 5_000; seq++) ring.add(seq, Buffer.alloc(10, seq));
    expect(ring.bytes).toBe(1_000);
    expect(ring.since(4_900)).toHaveLength(100);
    expect(ring.since(4_899)).toBeNull();
    expect(ring.since(4_999)?.[0]).toEqual(Buffer.alloc(10, 5_000));
  });
});
