import { describe, expect, it } from 'vitest';
import { isRefusal } from '../error.ts';
import { createExperiment } from '../experiment/lifecycle.ts';
import { parseTestSettings } from '../experiment/settings.ts';
import type { SluiceRecord } from '../record.ts';
import { BY, flagOf, START } from '../rollout/world.testing.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { segmentOf } from '../segment/segment.testing.ts';
import { exportDocument } from './document.ts';
import { parseDocument } from './parse-document.ts';
import { type ImportPlan, planImport } from './plan-import.ts';

function plan(wanted: SluiceRecord[], kept: SluiceRecord[], how: 'refuse' | 'merge'): ImportPlan {
  const parsed = parseDocument(JSON.parse(JSON.stringify(exportDocument(wanted, DEFAULT_SCOPE, START))), DEFAULT_SCOPE, START);
  if ('issues' in parsed) throw new Error(JSON.stringify(parsed.issues));
  return planImport(parsed.records, kept, how, BY, START);
}

function draftFor(segment: string): SluiceRecord {
  const eligibility = { in_segment: segment };
  const settings = parseTestSettings({ testId: 't', controlComponent: 'a', treatmentComponent: 'b', eligibility });
  const change = createExperiment(settings, DEFAULT_SCOPE, BY, START);
  const [made] = isRefusal(change) ? [] : change.records;
  if (made === undefined) throw new Error('no test was made');
  return made;
}

describe('an import with segments', () => {
  it('refuses what names a segment that is neither there nor in the document, and segments that nest without end', () => {
    const naming = flagOf({ rules: [{ if: { in_segment: 's' }, variant: 'on' }] });
    const missing = expect.stringContaining('/rules/0/if/in_segment names the segment "s", which does not exist');
    expect(plan([naming], [], 'refuse')).toMatchObject({ change: null, entries: [{ outcome: 'invalid', message: missing }] });
    expect(plan([naming], [segmentOf('s', null)], 'refuse').change?.records).toHaveLength(1);
    expect(plan([naming, segmentOf('s', null)], [], 'refuse').change?.records).toMatchObject([
      { kind: 'segment', revision: 1 },
      {},
    ]);
    const circle = plan(
      [segmentOf('s', { in_segment: 't' })],
      [segmentOf('s', null), segmentOf('t', { in_segment: 's' })],
      'merge',
    );
    expect(circle).toMatchObject({
      change: null,
      entries: [{ kind: 'segment', outcome: 'invalid', message: expect.stringContaining('in a circle') }],
    });
    const eligible = plan([flagOf({ key: 't' }), draftFor('s')], [], 'refuse');
    expect(eligible.entries.at(-1)).toMatchObject({
      outcome: 'invalid',
      message: expect.stringContaining('/eligibility/in_segment'),
    });
  });

  it('makes a segment anew where one of its name was deleted, and merges into one that is there', () => {
    const wanted = segmentOf('s', null, ['ann']);
    const deleted = { ...segmentOf('s', null), deletedAt: 5, revision: 3 };
    expect(plan([wanted], [deleted], 'refuse').change).toMatchObject({
      records: [{ revision: 4, deletedAt: null }],
      events: [{ type: 'segment.created' }],
    });
    expect(plan([wanted], [segmentOf('s', null, ['bob'])], 'refuse')).toMatchObject({ change: null });
    expect(plan([wanted], [segmentOf('s', null, ['bob'])], 'merge').change).toMatchObject({
      records: [{ members: ['ann'], revision: 2 }],
      events: [{ type: 'segment.updated' }],
    });
  });

  it('is refused at the place of what is wrong with a segment', () => {
    const document = exportDocument([segmentOf('s', null)], DEFAULT_SCOPE, START);
    const wrong = {
      ...document,
      segments: [
        { ...document.segments[0], members: [''], extra: 1 },
        { ...document.segments[0], tags: 7 },
      ],
    };
    const parsed = parseDocument(wrong, DEFAULT_SCOPE, START);
    expect('issues' in parsed && parsed.issues.map(({ path }) => path)).toEqual(['/segments/0/extra', '/segments/1/tags']);
  });
});
