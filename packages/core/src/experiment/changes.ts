/** What of a test changes when settings are given for it again. */
import { type JsonValue, jsonEqual } from '../json.ts';
import { shareToPercentage, WHOLE_SHARE } from '../share.ts';
import type { Experiment } from './experiment.ts';
import { type ParsedTestSettings, parseTestSettings, type TestSettings } from './settings.ts';

/** Settings of `createTest`; those that are not given stay. */
export type TestChanges = Partial<Omit<TestSettings, 'testId'>>;

/** What says whom a test compares and by what: it is one test as long as none of these changes. */
const FIXED = ['arms', 'trafficShare', 'eligibility', 'layer', 'trackedMetrics'] as const;
const FREE = ['description', 'durationMs', 'tags', 'startAt'] as const;

export interface ParsedChanges {
  readonly settings: Omit<ParsedTestSettings, 'testId'>;
  /** Names of `FIXED` that differ from what the test has. */
  readonly fixed: readonly string[];
  /** And of the others. */
  readonly free: readonly string[];
}

const DAY_MS = 86_400_000;

/** @throws SluiceError `invalid` naming every setting that breaks a rule */
export function parseChanges(experiment: Experiment, changes: TestChanges): ParsedChanges {
  const { testId: _testId, ...settings } = parseTestSettings({
    ...given(experiment, changes),
    ...changes,
    testId: experiment.key,
  });
  const differs = (field: keyof typeof settings): boolean =>
    !jsonEqual(settings[field] as unknown as JsonValue, experiment[field] as unknown as JsonValue);
  return { settings, fixed: FIXED.filter(differs), free: FREE.filter(differs) };
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
    ...(experiment.startAt === null ? {} : { startAt: experiment.startAt }),
  };
}
