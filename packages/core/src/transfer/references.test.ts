import { describe, expect, it } from 'vitest';
import type { Component } from '../component/component.ts';
import { isRefusal } from '../error.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { Layer } from '../experiment/layer.ts';
import { createExperiment } from '../experiment/lifecycle.ts';
import { parseTestSettings, type TestSettings } from '../experiment/settings.ts';
import type { Flag } from '../flag/flag.ts';
import type { JsonObject } from '../json.ts';
import type { SluiceRecord } from '../record.ts';
import { ask, BY, flagOf, openWorld, START } from '../rollout/world.testing.ts';
import { DEFAULT_SCOPE } from '../scope.ts';
import { segmentOf } from '../segment/segment.testing.ts';
import { exportDocument, type SluiceDocument } from './document.ts';
import { parseDocument } from './parse-document.ts';
import { type ImportPlan, type OnExisting, planImport } from './plan-import.ts';

function imported(document: unknown, kept: readonly SluiceRecord[] = [], how: OnExisting = 'merge'): ImportPlan {
  const parsed = parseDocument(JSON.parse(JSON.stringify(document)), DEFAULT_SCOPE, START);
  if ('issues' in parsed) throw new Error(JSON.stringify(parsed.issues));
  return planImport(parsed.records, kept, how, BY, START);
}

const documentOf = (...records: readonly SluiceRecord[]): SluiceDocument => exportDocument(records, DEFAULT_SCOPE, START);
const issuesOf = (plan: ImportPlan) =>
  plan.entries.flatMap(({ issues }) => issues.map(({ path, message }) => `${path} ${message}`));
const outcomesOf = (plan: ImportPlan) => plan.entries.map(({ kind, outcome }) => `${kind} ${outcome}`);
const needing = (flag: string, variant = 'on'): Flag => ({
  ...flagOf({ key: 'a' }),
  prerequisites: [{ flag, variants: [variant] }],
});

function testOf(settings: Partial<TestSettings> = {}): { readonly experiment: Experiment; readonly flag: Flag } {
  const change = createExperiment(
    parseTestSettings({ testId: 't', controlComponent: 'x', treatmentComponent: 'y', ...settings }),
    DEFAULT_SCOPE,
    BY,
    START,
  );
  const [experiment, flag] = isRefusal(change) ? [] : change.records;
  if (experiment?.kind !== 'experiment' || flag?.kind !== 'flag') throw new Error('no test was made');
  return { experiment, flag };
}

const component: Component = {
  kind: 'component',
  scope: DEFAULT_SCOPE,
  key: 'ner',
  revision: 1,
  versions: ['1.0.0', '2.0.0'].map((version) => ({
    version,
    build: null,
    registeredAt: START,
    registeredBy: 'ada',
    retiredAt: version === '2.0.0' ? START : null,
  })),
};
const ner = (...versions: string[]): Flag => ({
  ...flagOf({ key: 'ner' }),
  isComponent: true,
  variants: Object.fromEntries(versions.map((version) => [version, version])),
  offVariant: '1.0.0',
  onVariant: '1.0.0',
});
const layer: Layer = {
  kind: 'layer',
  scope: DEFAULT_SCOPE,
  key: 'page',
  revision: 1,
  bucketBy: null,
  ranges: [{ test: 't', from: 0, share: 20_000 }],
};
const archived = flagOf({ key: 'gone', archivedAt: 5 });
const { experiment, flag } = testOf();

const WRONG: readonly (readonly [what: string, document: SluiceDocument, kept: readonly SluiceRecord[], issue: string])[] = [
  ['a prerequisite', documentOf(needing('b')), [], '/flags/0/prerequisites/0 names the flag "b", which does not exist'],
  [
    'an archived prerequisite here',
    documentOf(needing('gone')),
    [archived],
    '/flags/0/prerequisites/0 names the flag "gone", which is archived',
  ],
  [
    'an archived prerequisite in it',
    documentOf(needing('gone'), archived),
    [],
    '/flags/0/prerequisites/0 names the flag "gone", which is archived',
  ],
  [
    "a prerequisite's variant",
    documentOf(needing('b', 'x'), flagOf({ key: 'b' })),
    [],
    '/flags/0/prerequisites/0 names the variant "x"',
  ],
  [
    'a segment',
    documentOf(flagOf({ conditions: { not: { in_segment: ['s'] } } })),
    [],
    '/flags/0/conditions/not/in_segment/0 names the segment "s"',
  ],
  [
    'a segment of a test',
    documentOf({ ...experiment, eligibility: { in_segment: 's' } }, flag),
    [],
    '/experiments/0/eligibility/in_segment names the segment "s"',
  ],
  [
    "a rollout's flag",
    documentOf(ask(openWorld(), 'abort').rollout),
    [],
    '/rollouts/0/flag is "checkout"; a flag "checkout" is neither',
  ],
  ["a test's flag", documentOf(experiment), [], '/experiments/0/testId is "t"; a flag "t" is neither'],
  ["a component's flag", documentOf(component), [], '/components/0/component is "ner"; a flag "ner" is neither'],
  [
    'a version',
    documentOf(ner('1.0.0', '3.0.0'), component),
    [],
    '/flags/0/variants/3.0.0 the version "3.0.0" is not registered, neither here nor in the document; there are 1.0.0',
  ],
  [
    'a retired version',
    documentOf(ner('1.0.0', '2.0.0'), component),
    [],
    '/flags/0/variants/2.0.0 the version "2.0.0" is retired',
  ],
  [
    "an arm's variant",
    documentOf(experiment, { ...flag, variants: { control: 1, other: 2 }, onVariant: 'other' }),
    [],
    '/experiments/0/arms/1/variant names the variant "treatment"',
  ],
  ["a layer's test", documentOf(layer), [], '/layers/0/ranges/0/test names the test "t", which is neither'],
];

describe('a document that names what is not there', () => {
  it.each(WRONG)('is invalid at the place where it names %s', (_, document, kept, issue) => {
    const plan = imported(document, kept);
    expect(plan.change).toBeNull();
    expect(outcomesOf(plan).filter((outcome) => outcome.endsWith('invalid'))).toHaveLength(1);
    expect(issuesOf(plan)).toEqual([expect.stringContaining(issue)]);
  });

  it('has every place named, and the index of the entry in its list', () => {
    const wrong = flagOf({ key: 'z', rules: ['s', 't'].map((name) => ({ if: { in_segment: name }, variant: 'on' })) });
    const plan = imported(documentOf(flagOf({ key: 'b' }), wrong, needing('b', 'x')), [segmentOf('u', null)]);
    expect(issuesOf(plan).map((issue) => issue.split(' ')[0])).toEqual([
      '/flags/0/prerequisites/0',
      '/flags/2/rules/0/if/in_segment',
      '/flags/2/rules/1/if/in_segment',
    ]);
  });

  it('is invalid too where the import itself would archive what it needs', () => {
    expect(issuesOf(imported(documentOf(needing('b')), [flagOf({ key: 'b' })], 'replace'))).toEqual([
      '/flags/0/prerequisites/0 names the flag "b", which this import archives, because the document does not have it',
    ]);
    expect(imported(documentOf(needing('b')), [flagOf({ key: 'b' })], 'merge').change).not.toBeNull();
  });

  it('is refused, not invalid, where it is what is here that stands against it, and says at which entry', () => {
    const plan = imported(documentOf(flagOf({ key: 'b' }), flagOf({ key: 'gone' })), [archived]);
    expect(outcomesOf(plan)).toEqual(['flag create', 'flag refused']);
    expect(issuesOf(plan)).toEqual(['/flags/1 the key was archived here; an archived key is not used again']);
  });
});

describe('what a record names of its own', () => {
  const refusedAt = (document: unknown): string[] => {
    const parsed = parseDocument(JSON.parse(JSON.stringify(document)), DEFAULT_SCOPE, START);
    return 'issues' in parsed ? parsed.issues.map(({ path, message }) => `${path} ${message}`) : [];
  };
  const withEntry = (document: SluiceDocument, list: 'flags' | 'experiments', fields: JsonObject): unknown => ({
    ...document,
    [list]: [{ ...document[list][0], ...fields }],
  });

  it('is refused where a test is over that never ended, or the other way round', () => {
    expect(refusedAt(withEntry(documentOf(experiment), 'experiments', { phase: 'stopped' }))).toEqual([
      '/experiments/0/stoppedAt must be a date-time where phase is "stopped"; it is null',
    ]);
    const stoppedAt = new Date(START).toISOString();
    expect(refusedAt(withEntry(documentOf(experiment), 'experiments', { stoppedAt }))[0]).toContain(
      'must be null where phase is "draft"',
    );
  });

  it('is refused where it is not its own', () => {
    const owned = withEntry(documentOf(flag), 'flags', { shareOwner: { kind: 'rollout', key: 'other' } });
    expect(refusedAt(owned)).toEqual([
      '/flags/0/shareOwner/key must be "t", because a rollout or test moves the flag of its own name; it is "other"',
    ]);
    const slots = { layer: 'page', fromPercentage: 0, percentage: 10 };
    expect(refusedAt(withEntry(documentOf(experiment), 'experiments', { slots, shipped: 'control' }))).toEqual([
      '/experiments/0/slots/layer must be null, as layer is; it is "page"',
      '/experiments/0/shipped must be one of the treatments, treatment; it is "control"',
    ]);
  });
});
