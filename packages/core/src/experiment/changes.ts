/** What of a test changes when settings are given for it again. */
import { SluiceError } from '../error.ts';
import { type JsonValue, jsonEqual } from '../json.ts';
import { missingSegmentIssues } from '../segment/references.ts';
import type { SegmentFinder } from '../segment/segment.ts';
import { shareToPercentage, WHOLE_SHARE } from '../share.ts';
import type { Experiment } from './experiment.ts';
import { type ParsedTestSettings, parseTestSettings, type TestSettings } from './settings.ts';

/** Settings of `createTest`; those that are not given stay. */
export type TestChanges = Partial<Omit<TestSettings, 'testId'>>;

/** What says whom a test compares and by what: it is one test as long as none of these changes. */
const FIXED = ['arms', 'trafficShare', 'eligibility', 'layer', 'trackedMetrics', 'dimensions', 'method', 'plannedUnits'] as const;
const FREE = ['description', 'durationMs', 'tags', 'startAt'] as const;

export interface ParsedChanges {
  readonly settings: Omit<ParsedTestSettings, 'testId'>;
  /** Names of `FIXED` that differ from what the test has. */
  readonly fixed: readonly string[];
  /** And of the others. */
  readonly free: readonly string[];
}

const DAY_MS = 86_400_000;

/** @throws SluiceError `invalid` naming every setting that breaks a rule, and every segment that is named and not among `segments` */
export function parseChanges(experiment: Experiment, changes: TestChanges, segments?: SegmentFinder): ParsedChanges {
  const { testId: _testId, ...settings } = parseTestSettings({
    ...given(experiment, changes),
    ...changes,
    testId: experiment.key,
  });
  const differs = (field: keyof typeof settings): boolean =>
    !jsonEqual(settings[field] as unknown as JsonValue, experiment[field] as unknown as JsonValue);
  const fixed = FIXED.filter(differs);
  const names = segments !== undefined && fixed.includes('eligibility');
  const issues = names ? missingSegmentIssues(settings.eligibility, '/eligibility', segments) : [];
  if (issues.length === 0) return { settings, fixed, free: FREE.filter(differs) };
  const all = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new SluiceError('invalid', `test "${experiment.key}": ${all}`, { issues });
}

/** The test's own settings, with its arms in the form that the changes use. */
function given({ arms, ...experiment }: Experiment, changes: TestChanges): TestChanges {
  const isByComponent =
    changes.controlComponent !== undefined || changes.treatmentComponent !== undefined || changes.trafficSplit !== undefined;
  const [control, treatment] = arms;
  const inForm =
    isByComponent && arms.length === 2
      ? {
          controlComponent: control.component,
          treatmentComponent: treatment.component,
          trafficSplit: treatment.weight / WHOLE_SHARE,
        }
      : { arms: arms.map((arm) => ({ ...arm, weight: arm.weight / WHOLE_SHARE })) };
  return {
    ...inForm,
    description: experiment.description,
    trafficShare: shareToPercentage(experiment.trafficShare) / 100,
    eligibility: experiment.eligibility,
    layer: experiment.layer,
    durationDays: experiment.durationMs / DAY_MS,
    trackedMetrics: experiment.trackedMetrics,
    tags: experiment.tags,
    dimensions: experiment.dimensions,
    method: experiment.method,
    ...(experiment.plannedUnits === null ? {} : { plannedUnits: experiment.plannedUnits }),
    ...(experiment.startAt === null ? {} : { startAt: experiment.startAt }),
  };
}
