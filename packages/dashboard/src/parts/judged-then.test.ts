import { expect, it } from 'vitest';
import type { HistoryEvent } from '../api/answers.ts';
import { judgedThen, lastVerdicts } from './judged-then.ts';

const verdict = (criterion: string) => ({
  ...{ criterion, verdict: 'pass', cause: null, message: `${criterion} is well`, value: 1, samples: 50, dryRun: false, at: 5 },
});
const advanced = (seq: number, judged: HistoryEvent['detail'] = {}) => ({
  seq,
  detail: { stage: seq, ...judged },
  record: { verdicts: [] },
});

it('is of the stage before where one was opened, and of the last one where it was taken back', () => {
  const stage = { verdicts: [verdict('p95')], validation: { outcome: 'advance', message: 'smoke agrees' } };
  expect(judgedThen(advanced(2, { judged: stage }))).toEqual({ verdicts: [verdict('p95')], validator: 'smoke agrees' });
  expect(judgedThen({ detail: { cause: 'harm', ...stage, validation: null } })).toEqual({
    verdicts: [verdict('p95')],
    validator: null,
  });
});

it('is nothing in logs that kept nothing', () => {
  expect(judgedThen(advanced(2))).toEqual({ verdicts: [], validator: null });
  expect(lastVerdicts([advanced(2), advanced(1)])).toEqual([]);
});

it('is last what the newest event knows: its record, else the stage that was left with it', () => {
  const held = { seq: 3, detail: { hold: 'manual' }, record: { verdicts: [verdict('now')] } };
  const left = advanced(2, { judged: { verdicts: [verdict('left')], validation: null } });
  expect(lastVerdicts([left, advanced(1), held])).toEqual([verdict('now')]);
  expect(lastVerdicts([advanced(1), left])).toEqual([verdict('left')]);
});
