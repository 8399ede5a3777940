import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { RequestDurations } from './request-durations.ts';

const seconds = fc.oneof(
  fc.double({ min: 0, max: 10, noNaN: true }),
  fc.constantFrom(0, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
);
const request = fc.record({
  route: fc.constantFrom('ofrep.evaluate', 'none'),
  method: fc.constantFrom('GET', 'POST'),
  status: fc.constantFrom(200, 404),
  seconds,
});

it('durations of requests read as those of a histogram of the library, bounds included', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request), async (requests) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const durations = new RequestDurations(ours);
      const { name, help } = durations;
      const buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
      const histogram = new Histogram({ name, help, labelNames: ['route', 'method', 'status'], buckets, registers: [theirs] });
      for (const { route, method, status, seconds: took } of requests) {
        durations.of(route, method, status).observe(took);
        histogram.observe({ route, method, status: String(status) }, took);
      }
      expect(await ours.metrics()).toBe(await theirs.metrics());
    }),
  );
});
