/** What no entry of a document can say alone: whether its records, together with those that are there, have what they name. */
import type { Issue } from '../error.ts';
import type { Flag } from '../flag/flag.ts';
import { pointerPart } from '../flag/parse-condition.ts';
import { findCycle, prerequisiteProblem, prerequisitesOf, shownCycle } from '../flag/prerequisite.ts';
import { idOf, type SluiceRecord } from '../record.ts';
import { nestingProblem } from '../segment/nesting.ts';
import { missingSegmentIssues, segmentsNamedBy } from '../segment/references.ts';
import type { Segment } from '../segment/segment.ts';
import { asksNobody } from '../segment/users.ts';
import { wayBackIssues } from './way-back-issues.ts';

/** Issues of a document's records, by the id of the record; their paths lead on from the record's place. */
export type RecordIssues = ReadonlyMap<string, readonly Issue[]>;

export interface WholeInput {
  /** The records of the document. */
  readonly wanted: readonly SluiceRecord[];
  /** All of the scope. */
  readonly kept: readonly SluiceRecord[];
  /** Whether the import archives a record that is kept. */
  readonly goes: (record: SluiceRecord) => boolean;
}

/** Every reference of the document to what is neither there nor in it, and every circle that it would make. */
export function wholeIssues(input: WholeInput): RecordIssues {
  const found = new Map<string, Issue[]>();
  const parts = [...flagIssues(input), ...segmentIssues(input), ...prerequisiteIssues(input), ...wayBackIssues(input.wanted)];
  for (const [id, issue] of [...parts, ...versionIssues(input)]) found.set(id, [...(found.get(id) ?? []), issue]);
  return found;
}

export type Found = readonly [id: string, issue: Issue];

/** What belongs to a flag needs it; what a test compares must be among its flag's variants, and what a layer holds are tests. */
function flagIssues({ wanted, kept }: WholeInput): Found[] {
  const all = new Map([...kept, ...wanted].map((record) => [idOf(record), record]));
  const field = { component: 'component', rollout: 'flag', experiment: 'testId' } as const;
  return wanted.flatMap((record): Found[] => {
    const { kind, key } = record;
    if (record.kind === 'layer')
      return record.ranges.flatMap(({ test }, index): Found[] => {
        const message = `names the test "${test}", which is neither there nor in the document`;
        return all.has(idOf({ kind: 'experiment', key: test }))
          ? []
          : [[idOf(record), { path: `/ranges/${index}/test`, message }]];
      });
    if (kind !== 'component' && kind !== 'rollout' && kind !== 'experiment') return [];
    const flag = all.get(idOf({ kind: 'flag', key }));
    if (flag?.kind !== 'flag')
      return [
        [idOf(record), { path: `/${field[kind]}`, message: `is "${key}"; a flag "${key}" is neither there nor in the document` }],
      ];
    if (record.kind !== 'experiment' || record.phase !== 'draft' || flag.archivedAt !== null) return [];
    return record.arms.flatMap(({ variant }, index): Found[] => {
      const message = `names the variant "${variant}", which the flag "${key}" does not have; there are ${namesOf(flag)}`;
      return Object.hasOwn(flag.variants, variant) ? [] : [[idOf(record), { path: `/arms/${index}/variant`, message }]];
    });
  });
}

function namesOf({ variants }: Flag): string {
  return Object.keys(variants).join(', ');
}

function prerequisiteIssues({ wanted, kept, goes }: WholeInput): Found[] {
  const living = new Map<string, Flag>();
  const all = [...kept, ...wanted].filter((record) => record.kind === 'flag');
  for (const flag of all)
    if (flag.archivedAt === null && !goes(flag)) living.set(flag.key, flag);
    else living.delete(flag.key);
  const archivedHere = new Set(all.filter((flag) => flag.archivedAt === null && goes(flag)).map(({ key }) => key));
  const keys = all.map(({ key }) => key);
  const neededBy = (key: string): readonly string[] => {
    const flag = living.get(key);
    return flag === undefined ? [] : prerequisitesOf(flag).map((prerequisite) => prerequisite.flag);
  };
  return wanted.flatMap((record): Found[] => {
    if (record.kind !== 'flag' || record.archivedAt !== null) return [];
    const id = idOf(record);
    const strangers = prerequisitesOf(record).flatMap((prerequisite, index): Found[] => {
      const path = `/prerequisites/${index}`;
      if (archivedHere.has(prerequisite.flag)) {
        const message = `names the flag "${prerequisite.flag}", which this import archives, because the document does not have it`;
        return [[id, { path, message }]];
      }
      const problem = prerequisiteProblem(prerequisite, living, () => keys);
      return problem === null ? [] : [[id, { path, message: problem }]];
    });
    if (strangers.length > 0 || prerequisitesOf(record).length === 0) return strangers;
    const cycle = findCycle([record.key], neededBy);
    return cycle === null ? [] : [[id, { path: '/prerequisites', message: `lead in a circle: ${shownCycle(cycle)}` }]];
  });
}

/** Segments that are named must be there, as when they are written, and must not nest without end. */
function segmentIssues({ wanted, kept }: WholeInput): Found[] {
  const living = new Map<string, Segment>();
  for (const record of [...kept, ...wanted])
    if (record.kind === 'segment' && record.deletedAt === null) living.set(record.key, record);
  const namedBy = (key: string): readonly string[] => segmentsNamedBy(living.get(key)?.condition ?? null);
  const missing = wanted.flatMap((record) =>
    conditionsOf(record)
      .flatMap(([path, condition]) => missingSegmentIssues(condition, path, living))
      .map((issue): Found => [idOf(record), issue]),
  );
  const given = wanted.filter(({ kind }) => kind === 'segment');
  const nested = Array.from(living.values()).flatMap(({ key }): Found[] => {
    const problem = namedBy(key).length === 0 ? null : nestingProblem(key, namedBy);
    if (problem === null) return [];
    const own = given.filter((record) => record.key === key);
    // One that the document does not name is there already: it is the document's segments that make it unfit.
    return own.length > 0
      ? own.map((record): Found => [idOf(record), { path: '/condition', message: problem }])
      : given.map((record): Found => [idOf(record), { path: '', message: `makes the segment "${key}" unfit, which ${problem}` }]);
  });
  return [...missing, ...nested];
}

function conditionsOf(record: SluiceRecord): readonly (readonly [path: string, condition: Flag['conditions']])[] {
  if (record.kind === 'segment') return record.condition === null ? [] : [['/condition', record.condition]];
  if (record.kind === 'experiment') return asksNobody(record) ? [] : [['/eligibility', record.eligibility]];
  if (record.kind !== 'flag' || record.archivedAt !== null) return [];
  return [['/conditions', record.conditions], ...record.rules.map((rule, index) => [`/rules/${index}/if`, rule.if] as const)];
}

/** A component serves registered versions only. */
function versionIssues({ wanted, kept }: WholeInput): Found[] {
  const registries = new Map(
    [...kept, ...wanted].flatMap((record) => (record.kind === 'component' ? [[record.key, record] as const] : [])),
  );
  return wanted.flatMap((record): Found[] => {
    if (record.kind !== 'flag' || !record.isComponent) return [];
    const versions = registries.get(record.key)?.versions ?? [];
    const live = versions.filter(({ retiredAt }) => retiredAt === null).map(({ version }) => version);
    return Object.entries(record.variants).flatMap(([name, value]): Found[] => {
      const at = { id: idOf(record), path: `/variants/${pointerPart(name)}` };
      if (name === value && live.includes(name)) return [];
      if (name !== value) return [[at.id, { path: at.path, message: `must be "${name}", the version itself` }]];
      const isRetired = versions.some(({ version }) => version === name);
      const why = isRetired
        ? `the version "${name}" is retired, and a retired version is not used again`
        : `the version "${name}" is not registered, neither here nor in the document`;
      return [[at.id, { path: at.path, message: `${why}; there are ${live.length === 0 ? 'none' : live.join(', ')}` }]];
    });
  });
}
