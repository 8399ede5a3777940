/** What the server answers, and of which place. */
import type { SluiceClient } from '@sluice/client/api';

type Group = keyof Omit<SluiceClient, 'call'>;
type Answer<Call> = Call extends (...input: never[]) => Promise<infer A> ? A : never;

/** What a call answers: `AnswerTo<'flags', 'get'>`. */
export type AnswerTo<G extends Group, Name extends keyof SluiceClient[G]> = Answer<SluiceClient[G][Name]>;

export type Flag = AnswerTo<'flags', 'get'>;
export type FlagSettings = AnswerTo<'flags', 'settings'>['settings'];
export type EditPreview = AnswerTo<'flags', 'preview'>;
export type ScheduledEdit = AnswerTo<'flags', 'schedule'>;
export type Segment = AnswerTo<'segments', 'get'>;
export type SegmentSummary = AnswerTo<'segments', 'list'>['members'][number];
export type RolloutStatus = AnswerTo<'rollouts', 'status'>;
export type Test = AnswerTo<'experiments', 'get'>;
export type TestResults = AnswerTo<'experiments', 'results'>;
export type MetricResult = TestResults['arms'][string]['metrics'][string];
export type HistoryEvent = AnswerTo<'history', 'list'>['members'][number];
export type Project = AnswerTo<'projects', 'get'>;
export type Me = AnswerTo<'access', 'me'>;

/** One environment of one project: what every view is of. */
export interface Place {
  readonly project: string;
  readonly environment: string;
}
