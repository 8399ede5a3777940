import { describe, expect, it } from 'vitest';
import { isRefusal } from '../error.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { Layer } from '../experiment/layer.ts';
import { createExperiment } from '../experiment/lifecycle.ts';
import { parseTestSettings } from '../experiment/settings.ts';
import type { SluiceRecord } from '../record.ts';
import { BY, flagOf, START } from '../rollout/world.testing.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { exportDocument, type SluiceDocument } from './document.ts';
import { parseDocument } from './parse-document.ts';
import { type ImportPlan, type OnExisting, planImport } from './plan-import.ts';

function imported(document: unknown, kept: readonly SluiceRecord[] = [], how: OnExisting = 'merge'): ImportPlan {
  const parsed = parseDocument(JSON.parse(JSON.stringify(document)), DEFAULT_SCOPE, START);
  if ('issues' in parsed) throw new Error(JSON.stringify(parsed.issues));
  return planImport(parsed.records, kept, how, BY, START);
}

const documentOf = (...records: readonly SluiceRecord[]): SluiceDocument => exportDocument(records, DEFAULT_SCOPE, START);
const settings = { testId: 't', controlComponent: 'x', treatmentComponent: 'y', layer: 'page', trafficShare: 0.2 };
const made = createExperiment(parseTestSettings(settings), DEFAULT_SCOPE, BY, START);
const [experiment, flag] = isRefusal(made) ? [] : made.records;
if (experiment?.kind !== 'experiment' || flag?.kind !== 'flag') throw new Error('no test was made');
const layer: Layer = {
  kind: 'layer',
  scope: DEFAULT_SCOPE,
  key: 'page',
  revision: 1,
  bucketBy: null,
  ranges: [{ test: 't', from: 0, share: 20_000 }],
};
const taken: Experiment = { ...experiment, phase: 'running', slots: { layer: 'page', from: 0, share: 20_000 } };

describe('layers and schedules in a document', () => {
  it('go out and in with the slots that a test had, of which none is taken before it is started again', () => {
    const document = documentOf(flag, taken, layer);
    expect(document.layers).toEqual([
      { layer: 'page', bucketBy: null, ranges: [{ test: 't', fromPercentage: 0, percentage: 20 }] },
    ]);
    const { change } = imported(document);
    expect(change?.records).toMatchObject([
      { kind: 'flag', share: 0 },
      { kind: 'layer', revision: 1, ranges: layer.ranges },
      { kind: 'experiment', phase: 'draft', slots: taken.slots },
    ]);
    expect(exportDocument(change?.records ?? [], DEFAULT_SCOPE, START).layers).toEqual(document.layers);
  });

  it('leave a layer that is here as it is, whose ranges are taken by tests that run here', () => {
    const here: Layer = { ...layer, ranges: [{ test: 'other', from: 0, share: 90_000 }] };
    for (const how of ['refuse', 'merge', 'replace'] as const)
      expect(imported(documentOf(flag, taken, layer), [here], how).entries[1]).toMatchObject({
        kind: 'layer',
        outcome: 'unchanged',
      });
  });

  it('may lack layers, slots and the note on schedules, as documents from before there were any', () => {
    const { layers: _layers, withoutSchedulesOf: _note, ...old } = documentOf(flag, experiment);
    const [{ slots: _slots, ...test } = {}] = old.experiments;
    expect(imported({ ...old, experiments: [test] }).change?.records).toMatchObject([{ kind: 'flag' }, { slots: null }]);
  });

  it('say of which flags there are scheduled edits that the document does not hold', () => {
    const pending = [{ id: 'f#1', at: START, settings: {}, by: BY, scheduledAt: START, wasLive: true }];
    const schedule = { kind: 'schedule', scope: DEFAULT_SCOPE, revision: 1, lastNumber: 1, dueAt: START } as const;
    const document = documentOf(
      flagOf({ key: 'f' }),
      { ...schedule, key: 'f', pending },
      { ...schedule, key: 'done', pending: [], dueAt: null },
    );
    expect(document.withoutSchedulesOf).toEqual(['f']);
    expect(imported(document).change?.records).toMatchObject([{ kind: 'flag', key: 'f' }]);
  });

  it('are refused where ranges of a layer meet, go beyond its end, or are of one test', () => {
    const ranges = [
      { test: 't', fromPercentage: 0, percentage: 20 },
      { test: 'u', fromPercentage: 19.999, percentage: 80.002 },
      { test: 't', fromPercentage: 100, percentage: 0 },
    ];
    const document = { ...documentOf(), layers: [{ layer: 'page', bucketBy: null, ranges }] };
    const parsed = parseDocument(document, DEFAULT_SCOPE, START);
    expect('issues' in parsed && parsed.issues.map(({ path }) => path)).toEqual([
      '/layers/0/ranges/1/percentage',
      '/layers/0/ranges/1/fromPercentage',
      '/layers/0/ranges/2/fromPercentage',
      '/layers/0/ranges/2/test',
    ]);
  });
});
