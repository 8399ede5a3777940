/** Why an edit that is right for a flag alone does not fit what else is there. */
import { type Refusal, refuse, refuseIssues } from '../error.ts';
import { missingSegmentIssues } from '../segment/references.ts';
import type { FlagEdit } from './edit.ts';
import type { Flag } from './flag.ts';
import type { FlagFacts } from './flag-facts.ts';
import { lostVariantProblem } from './lost-variants.ts';
import { type FlagLookup, findCycle, prerequisiteProblem, prerequisitesOf, shownCycle } from './prerequisite.ts';

/** `after` is the flag as the edit would leave it. */
export function unfitRefusal(facts: FlagFacts, after: Flag, edit: FlagEdit): Refusal | null {
  return prerequisiteRefusal(facts, after, edit) ?? segmentRefusal(facts, after, edit) ?? variantRefusal(facts, after, edit);
}

/** With `force` as well: what names the variant would be left with nothing to serve or to go back to. */
function variantRefusal({ key, flag, flags, rollout, experiment }: FlagFacts, after: Flag, edit: FlagEdit): Refusal | null {
  if (flag === undefined || edit.type !== 'set' || edit.settings.fields.variants === undefined) return null;
  const problem = lostVariantProblem(flag, after, { rollout, experiment, flags: flags?.values() ?? [] });
  return problem === null ? null : refuse(`flag "${key}": /variants ${problem}`);
}

/** Only what is written now must name segments that are there: a segment that was lost meanwhile must not stand in the way of a kill. */
function segmentRefusal({ key, segments }: FlagFacts, { conditions, rules }: Flag, edit: FlagEdit): Refusal | null {
  if (segments === undefined || edit.type !== 'set') return null;
  const { fields } = edit.settings;
  const issues = [
    ...(fields.conditions === undefined ? [] : missingSegmentIssues(conditions, '/conditions', segments)),
    ...(fields.rules ?? []).flatMap((_, index) => missingSegmentIssues(rules[index]?.if ?? {}, `/rules/${index}/if`, segments)),
  ];
  return issues.length === 0 ? null : refuseIssues(`flag "${key}"`, issues);
}

/** Prerequisites must exist and lead in no circle when they are written, and a flag stays as long as others need it. */
function prerequisiteRefusal({ key, flags }: FlagFacts, after: Flag, edit: FlagEdit): Refusal | null {
  if (flags === undefined) return null;
  const living: FlagLookup<Flag> = {
    get: (name) => {
      const found = name === key ? after : flags.get(name);
      return found === undefined || found.archivedAt !== null ? undefined : found;
    },
  };
  if (edit.type === 'archive') {
    const needing = [...flags.values()].filter(
      (flag) => flag.archivedAt === null && prerequisitesOf(flag).some((prerequisite) => prerequisite.flag === key),
    );
    const names = needing.map((flag) => `"${flag.key}"`).join(', ');
    return needing.length === 0
      ? null
      : refuse(
          `flag "${key}": ${needing.length === 1 ? '1 flag needs' : `${needing.length} flags need`} it (${names}); take it out of their prerequisites first`,
        );
  }
  if (edit.type !== 'set' || edit.settings.fields.prerequisites === undefined) return null;
  const keys = (): readonly string[] => Array.from(flags.values(), (flag) => flag.key);
  for (const [index, prerequisite] of prerequisitesOf(after).entries()) {
    const problem = prerequisiteProblem(prerequisite, living, keys);
    if (problem !== null) return refuseIssues(`flag "${key}"`, [{ path: `/prerequisites/${index}`, message: problem }]);
  }
  const neededBy = (name: string): readonly string[] => {
    const flag = living.get(name);
    return flag === undefined ? [] : prerequisitesOf(flag).map((prerequisite) => prerequisite.flag);
  };
  const cycle = findCycle([key], neededBy);
  if (cycle === null) return null;
  return refuseIssues(`flag "${key}"`, [{ path: '/prerequisites', message: `lead in a circle: ${shownCycle(cycle)}` }]);
}
