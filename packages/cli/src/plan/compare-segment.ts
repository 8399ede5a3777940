/** What becomes of a segment, and which segments a plan's flags name that would not be there. */
import {
  DEFAULT_SCOPE,
  type FlagSettings,
  isRefusal,
  type JsonValue,
  jsonEqual,
  missingSegmentIssues,
  parseSegmentSettings,
  planSegmentEdit,
  type Segment,
} from '@sluice/core';
import type { KeptState } from './kept-state.ts';
import type { PlannedSegment } from './plan.ts';
import type { FieldChange, SegmentStep } from './plan-step.ts';

export interface ComparedSegment {
  readonly step: SegmentStep;
  /** As it will be; undefined when it is refused and was not there before. */
  readonly after: Segment | undefined;
}

/** `kept.segments` are as the steps before leave them. */
export function compareSegment({ name, settings }: PlannedSegment, kept: KeptState, now: number): ComparedSegment {
  const before = kept.segments.get(name);
  const facts = { ...worldOf(kept), scope: DEFAULT_SCOPE, key: name, kept: before };
  const parsed = parseSegmentSettings(name, settings);
  const planned = planSegmentEdit(facts, { type: 'set', settings: parsed }, { actor: '', reason: '' }, now);
  const step = (action: SegmentStep['action'], changes: readonly FieldChange[], because: string | null): SegmentStep => ({
    kind: 'segment',
    key: name,
    action,
    changes,
    because,
    reachesEverybody: false,
    settings,
  });
  if (planned === null) return { step: step('none', [], null), after: before };
  if (isRefusal(planned)) return { step: step('refused', [], planned.refused), after: before };
  const [after] = planned.records as readonly Segment[];
  return { step: step(before === undefined ? 'create' : 'update', changesOf(before, after), null), after };
}

function worldOf({ segments, flags, rollouts }: KeptState) {
  return { segments, flags: flags.values(), rollouts: Array.from(rollouts.values(), ({ rollout }) => rollout), experiments: [] };
}

function changesOf(before: Segment | undefined, after: Segment | undefined): FieldChange[] {
  const plain = (['description', 'condition', 'tags'] as const)
    .filter((field) => !jsonEqual((before?.[field] ?? EMPTY[field]) as JsonValue, (after?.[field] ?? null) as JsonValue))
    .map((field) => ({ field, from: before?.[field] ?? null, to: after?.[field] ?? null }));
  const [was, is] = [new Set(before?.members), new Set(after?.members)];
  const added = [...is].filter((member) => !was.has(member)).length;
  const gone = [...was].filter((member) => !is.has(member)).length;
  if (added + gone === 0) return plain;
  // A list of a hundred thousand keys tells nobody anything.
  return [...plain, { field: 'members', from: `${was.size}`, to: `${is.size} (${added} more, ${gone} gone)` }];
}

const EMPTY = { description: '', condition: null, tags: [] } as const;

/** Why the flag's settings would be refused for segments that they name, or null. */
export function missingSegments({ conditions, rules }: FlagSettings, segments: ReadonlyMap<string, Segment>): string | null {
  const issues = [
    ...(conditions === undefined ? [] : missingSegmentIssues(conditions, '/conditions', segments)),
    ...(rules ?? []).flatMap((rule, index) => missingSegmentIssues(rule.if, `/rules/${index}/if`, segments)),
  ];
  return issues.length === 0 ? null : issues.map(({ path, message }) => `${path} ${message}`).join('; ');
}
