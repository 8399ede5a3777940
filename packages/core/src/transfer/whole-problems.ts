/** What no entry of a document can say alone: whether its records, together with those that are there, fit each other. */
import type { Allocation, Flag } from '../flag/flag.ts';
import { lostVariantProblem } from '../flag/lost-variants.ts';
import { pointerPart } from '../flag/parse-condition.ts';
import { findCycle, prerequisiteProblem, prerequisitesOf } from '../flag/prerequisite.ts';
import { idOf, type SluiceRecord } from '../record.ts';
import { nestingProblem } from '../segment/nesting.ts';
import { missingSegmentIssues, segmentsNamedBy } from '../segment/references.ts';
import type { Segment } from '../segment/segment.ts';
import { asksNobody } from '../segment/users.ts';
import { shareToPercentage, WHOLE_SHARE } from '../share.ts';

/** Why a record of `wanted` would need what is not there, lead in a circle or take away what others need, by its id; `kept` are those that stay. */
export function wholeProblems(wanted: readonly SluiceRecord[], kept: readonly SluiceRecord[]): ReadonlyMap<string, string> {
  return new Map([
    ...segmentProblems(wanted, kept),
    ...prerequisiteProblems(wanted, kept),
    ...wayBackProblems(wanted),
    ...lossProblems(wanted, kept),
  ]);
}

function prerequisiteProblems(wanted: readonly SluiceRecord[], kept: readonly SluiceRecord[]): ReadonlyMap<string, string> {
  const living = new Map<string, Flag>();
  for (const record of [...kept, ...wanted]) {
    if (record.kind !== 'flag') continue;
    if (record.archivedAt === null) living.set(record.key, record);
    else living.delete(record.key);
  }
  const problems = new Map<string, string>();
  const keys = (): readonly string[] => [...living.keys()];
  const neededBy = (key: string): readonly string[] => {
    const flag = living.get(key);
    return flag === undefined ? [] : prerequisitesOf(flag).map((prerequisite) => prerequisite.flag);
  };
  for (const record of wanted) {
    if (record.kind !== 'flag' || record.archivedAt !== null) continue;
    const id = idOf(record);
    for (const [index, prerequisite] of prerequisitesOf(record).entries()) {
      const problem = prerequisiteProblem(prerequisite, living, keys);
      if (problem !== null) problems.set(id, `/prerequisites/${index} ${problem}`);
    }
    const cycle = problems.has(id) || prerequisitesOf(record).length === 0 ? null : findCycle([record.key], neededBy);
    if (cycle !== null) problems.set(id, `its prerequisites lead in a circle: ${cycle.join(' → ')}`);
  }
  return problems;
}

/** A flag whose rollout was under way gets what was before it, which must then be there. What rollouts that have ended would restore is history. */
function wayBackProblems(wanted: readonly SluiceRecord[]): ReadonlyMap<string, string> {
  const flags = new Map(wanted.flatMap((record) => (record.kind === 'flag' ? [[record.key, record]] : [])));
  return new Map(
    wanted.flatMap((record): [string, string][] => {
      if (record.kind !== 'rollout' || record.plan.strategy === 'rollback') return [];
      const flag = flags.get(record.key);
      const problem = flag?.shareOwner?.kind === 'rollout' ? beforeProblem(record.before, flag) : null;
      return problem === null ? [] : [[idOf(record), problem]];
    }),
  );
}

function beforeProblem({ offVariant, onVariant, split }: Allocation, { key, variants }: Flag): string | null {
  const named = [
    ['offVariant', offVariant],
    ['onVariant', onVariant],
    ...split.map(({ variant }) => [`split/${pointerPart(variant)}`, variant]),
  ];
  const stranger = named.find(([, variant]) => !Object.hasOwn(variants, variant ?? ''));
  const known = Object.keys(variants).join(', ');
  if (stranger !== undefined)
    return `/before/${stranger[0]} names the variant "${stranger[1]}", which the flag "${key}" does not have; there are ${known}`;
  const total = split.reduce((sum, { share }) => sum + share, 0);
  return split.length === 0 || total === WHOLE_SHARE
    ? null
    : `/before/split must sum to 100 %; it sums to ${shareToPercentage(total)} %`;
}

/** A flag that is there may not lose a variant, or come to its end, while others that are there need it. */
function lossProblems(wanted: readonly SluiceRecord[], kept: readonly SluiceRecord[]): ReadonlyMap<string, string> {
  const records = new Map([...kept, ...wanted].map((record) => [idOf(record), record]));
  const flags = [...records.values()].filter((record) => record.kind === 'flag');
  const before = new Map(kept.flatMap((record) => (record.kind === 'flag' ? [[record.key, record] as const] : [])));
  const problems = new Map<string, string>();
  for (const record of wanted) {
    const flag = record.kind === 'flag' ? before.get(record.key) : undefined;
    if (record.kind !== 'flag' || flag === undefined) continue;
    const experiment = records.get(idOf({ kind: 'experiment', key: record.key }));
    const users = { rollout: undefined, experiment: experiment?.kind === 'experiment' ? experiment : undefined, flags };
    const after = record.archivedAt === null ? record : { ...record, variants: {} };
    const problem = lostVariantProblem(flag, after, users);
    if (problem !== null) problems.set(idOf(record), problem);
  }
  return problems;
}

/** Segments that are named must be there, as when they are written, and must not nest without end. */
function segmentProblems(wanted: readonly SluiceRecord[], kept: readonly SluiceRecord[]): ReadonlyMap<string, string> {
  const living = new Map<string, Segment>();
  for (const record of [...kept, ...wanted])
    if (record.kind === 'segment' && record.deletedAt === null) living.set(record.key, record);
  const namedBy = (key: string): readonly string[] => segmentsNamedBy(living.get(key)?.condition ?? null);
  const problems = new Map<string, string>();
  for (const record of wanted) {
    const [missing] = conditionsOf(record).flatMap(([path, condition]) => missingSegmentIssues(condition, path, living));
    if (missing !== undefined) problems.set(idOf(record), `${missing.path} ${missing.message}`);
  }
  const given = wanted.filter(({ kind }) => kind === 'segment');
  for (const segment of living.values()) {
    const problem = namedBy(segment.key).length === 0 ? null : nestingProblem(segment.key, namedBy);
    if (problem === null) continue;
    const own = given.filter(({ key }) => key === segment.key);
    // One that the document does not name is there already: it is the document's segments that make it unfit.
    for (const record of own.length > 0 ? own : given)
      problems.set(idOf(record), `the condition of the segment "${segment.key}" ${problem}`);
  }
  return problems;
}

function conditionsOf(record: SluiceRecord): readonly (readonly [path: string, condition: Flag['conditions']])[] {
  if (record.kind === 'segment') return record.condition === null ? [] : [['/condition', record.condition]];
  if (record.kind === 'experiment') return asksNobody(record) ? [] : [['/eligibility', record.eligibility]];
  if (record.kind !== 'flag' || record.archivedAt !== null) return [];
  return [['/conditions', record.conditions], ...record.rules.map((rule, index) => [`/rules/${index}/if`, rule.if] as const)];
}
