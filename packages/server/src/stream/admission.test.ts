import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Admission, retryAfterSeconds } from './admission.ts';
import { streamLimits } from './stream-limits.ts';
import { streamWorld } from './stream-world.testing.ts';

describe('Admission', () => {
  it('admits a burst and then the rate, in any order of times, and never more than fit', () => {
    const times = fc.array(fc.integer({ min: -500, max: 1_000 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 20 }), (steps, rate, burst) => {
        const admission = new Admission({ maxClients: 30, connectsPerSecond: rate, connectBurst: burst }, 0);
        let [now, forward, admitted] = [0, 0, 0];
        for (const step of steps) {
          now += step;
          forward += Math.max(0, step);
          const answer = admission.enter(now);
          if (answer === 'admitted') admitted += 1;
          if (answer === 'full') expect(admission.inside).toBe(30);
          expect(admitted).toBeLessThanOrEqual(burst + (forward * rate) / 1_000 + 1e-6);
          expect(admission.inside).toBeLessThanOrEqual(30);
        }
      }),
    );
  });

  it('has room again for each that leaves', () => {
    const admission = new Admission({ maxClients: 1, connectsPerSecond: 1_000, connectBurst: 100 }, 0);
    expect([admission.enter(0), admission.enter(0)]).toEqual(['admitted', 'full']);
    admission.leave();
    expect(admission.enter(0)).toBe('admitted');
  });

  it('sends refused clients back at different times', () => {
    expect([0, 0.5, 0.999].map((chance) => retryAfterSeconds('tooFast', chance))).toEqual([1, 6, 10]);
    expect([0, 0.999].map((chance) => retryAfterSeconds('full', chance))).toEqual([1, 60]);
  });
});

describe('limits', () => {
  it('are refused when they would limit nothing, or everything', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 0, -1])
      expect(() => streamLimits({ queueBytes: value })).toThrow(`/streams/queueBytes must be a number above 0; it is ${value}`);
  });
});

describe('a storm of connections', () => {
  let world: Awaited<ReturnType<typeof streamWorld>>;
  afterEach(() => world.stop());

  it('is served up to the limit, and refused beyond it with 503 and when to come back', async () => {
    world = await streamWorld({ connectBurst: 20, connectsPerSecond: 10 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.open('/stream')));
    const served = answers.filter(({ response }) => response.statusCode === 200);
    expect(served).toHaveLength(20);
    await Promise.all(served.map((reader) => reader.count(1)));
    const refused = answers.find(({ response }) => response.statusCode === 503) ?? expect.fail();
    await refused.ended();
    expect(refused.response.headers).toMatchObject({ 'retry-after': '6', 'content-type': 'application/problem+json' });
    expect(JSON.parse(refused.text)).toMatchObject({ status: 503, detail: 'too many clients connect at once' });
    expect(world.hub.counts).toMatchObject({ clients: 20, refused: 30 });
    await world.clock.advance(1_000);
    const later = await Promise.all(Array.from({ length: 15 }, () => world.open('/stream')));
    expect(later.filter(({ response }) => response.statusCode === 200)).toHaveLength(10);
  });

  it('is refused when the house is full, until somebody leaves', async () => {
    world = await streamWorld({ maxClients: 3 });
    const inside = await Promise.all([1, 2, 3].map(() => world.open('/stream')));
    expect((await world.open('/refetch')).response.statusCode).toBe(503);
    inside[0]?.close();
    while (world.hub.counts.clients === 3) await new Promise(setImmediate);
    expect((await world.open('/refetch')).response.statusCode).toBe(200);
  });
});
