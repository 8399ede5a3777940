import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EvidenceTrail, MAX_EVIDENCE_POINTS } from '../rollout/evidence-trail.ts';
import { openWorld, START } from '../rollout/world.testing.ts';
import { formatRolloutEntry, parseRolloutEntry } from './transfer-rollout.ts';

const SCOPE = { project: 'default', environment: 'production' };
const { rollout } = openWorld();
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const trail: fc.Arbitrary<EvidenceTrail> = fc.record({
  everyMs: fc.integer({ min: 1, max: 1e9 }),
  points: fc.array(
    fc.record({
      at: fc.integer({ min: START, max: START + 1e9 }),
      logE: fc.dictionary(fc.oneof(fc.string(), fc.constant('errorRate')), number, { noNullPrototype: true }),
    }),
    { maxLength: MAX_EVIDENCE_POINTS },
  ),
});
const roundTrip = (entry: unknown) => parseRolloutEntry(JSON.parse(JSON.stringify(entry)), '/rollouts/0', SCOPE, START);

describe('a rollout in a document', () => {
  it('comes back with how its evidence grew, and without where there was none', () => {
    fc.assert(
      fc.property(fc.option(trail, { nil: undefined }), (evidence) => {
        const { evidence: _none, ...bare } = rollout;
        const back = roundTrip(formatRolloutEntry(evidence === undefined ? bare : { ...bare, evidence }));
        expect('evidence' in back ? back.evidence : undefined).toEqual(evidence);
      }),
    );
  });

  it('is refused with the place where its evidence is none', () => {
    const entry = formatRolloutEntry(rollout);
    const at = new Date(START).toISOString();
    const placesOf = (evidence: unknown): unknown => {
      const issues = roundTrip({ ...entry, evidence });
      return Array.isArray(issues) ? issues.map(({ path }) => path.replace('/rollouts/0/evidence', '')) : issues;
    };
    expect(placesOf(null)).toEqual(['']);
    expect(placesOf({ everyMs: 0, points: [] })).toEqual(['/everyMs']);
    expect(placesOf({ everyMs: 1000, points: [{ at: 5, logE: {} }] })).toEqual(['/points/0/at']);
    expect(
      placesOf({
        everyMs: 1000,
        points: [
          { at, logE: { errors: '1' } },
          { at, logE: [] },
        ],
      }),
    ).toEqual(['/points/0/logE/errors', '/points/1/logE']);
    const many = Array.from({ length: MAX_EVIDENCE_POINTS + 1 }, () => ({ at, logE: {} }));
    expect(placesOf({ everyMs: 1000, points: many })).toEqual(['/points']);
  });
});
