/** A/B tests: created, started, stopped, read. */
import type { AnswerOf } from '@sluice/client';
import type { TestSettings } from '@sluice/core';
import { answerOf } from '../answer-schema.ts';
import { type Command, command } from '../command.ts';
import { type Given, given } from '../option.ts';
import { type Paint, Painted, pairs, plain, when } from '../paint.ts';
import { objectIn, REASON, reasonOf } from '../shared-options.ts';
import { table } from '../table.ts';

type Test = AnswerOf<'experiments.get'>;
type Results = AnswerOf<'experiments.results'>;

const TEST = { name: 'test', says: 'its id' } as const;
const SHOWN = { answer: answerOf('experiments.get'), show: testPage } as const;

function testPage(test: Test, paint: Paint): string {
  return pairs(
    {
      test: new Painted(paint.bold(plain(test.testId))),
      phase: test.phase,
      arms: test.arms.map(({ variant, component, weight }) => `${variant} ${component} (${weight})`).join(', '),
      metrics: test.trackedMetrics.map(({ name, role }) => `${name} (${role})`).join(', ') || 'as they are recorded',
      started: when(test.startedAt) || undefined,
      ends: when(test.endsAt) || undefined,
      stopped: test.stoppedAt === null ? undefined : `${when(test.stoppedAt)} ${test.stopReason ?? ''}`,
      description: test.description === '' ? undefined : test.description,
    },
    paint,
  );
}

function settingsOf(asked: Given): TestSettings {
  return {
    testId: asked.arg('test'),
    ...(objectIn(asked, 'settings') as Partial<TestSettings>),
    ...given({
      controlComponent: asked.text('control'),
      treatmentComponent: asked.text('treatment'),
      trafficSplit: asked.number('split'),
      durationDays: asked.number('days'),
      trackedMetrics: asked.list('metric'),
      description: asked.text('description'),
    }),
  };
}

const create = command<Test>({
  name: 'test create',
  summary: 'Keeps a draft of a test and its flag; everybody gets control until it starts.',
  args: [TEST],
  options: [
    { form: '--control <component>', says: 'what is there now' },
    { form: '--treatment <component>', says: 'what is tried' },
    { form: '--split <0-1>', says: "the treatment's part; 0.5 unless given", type: 'fraction' },
    { form: '--days <n>', says: 'it ends by itself then; 7 unless given', type: 'number' },
    { form: '--metric <name>', says: 'what is compared; may be repeated', isList: true },
    { form: '--description <text>', says: 'what is to be learnt' },
    { form: '--settings <json>', says: 'any other setting, as arms or layer', type: 'json' },
    REASON,
  ],
  examples: ['test create ner --control bio --treatment pubmed'],
  makesFile: true,
  ...SHOWN,
  run: async (session, asked) => {
    const input = { ...session.scope, settings: settingsOf(asked), ...reasonOf(asked) };
    return { answer: await session.call('experiments.create', input) };
  },
});

const list = command<AnswerOf<'experiments.list'>>({
  name: 'test list',
  summary: 'All tests; archived ones are left out.',
  examples: ['test list'],
  answer: answerOf('experiments.list'),
  run: async (session) => ({ answer: await session.call('experiments.list', session.scope) }),
  show: ({ experiments }, paint) => {
    if (experiments.length === 0) return 'There are no tests. Create one: sluice test create <test>';
    const rows = experiments.map((test) => [test.testId, test.phase, when(test.startedAt), when(test.endsAt), test.description]);
    return table(['TEST', 'PHASE', 'STARTED', 'ENDS', 'DESCRIPTION'], rows, paint);
  },
});

const start = command<Test>({
  name: 'test start',
  summary: 'Opens the treatments to their part of the traffic.',
  args: [TEST],
  options: [REASON],
  examples: ['test start ner'],
  ...SHOWN,
  run: async (session, asked) => ({
    answer: await session.call('experiments.start', { ...session.scope, test: asked.arg('test'), ...reasonOf(asked) }),
  }),
});

const stop = command<Test>({
  name: 'test stop',
  summary: 'Everybody gets control again; the results stay.',
  args: [TEST],
  options: [REASON],
  examples: ['test stop ner --reason "pubmedbert is slower"'],
  ...SHOWN,
  run: async (session, asked) => ({
    answer: await session.call('experiments.stop', { ...session.scope, test: asked.arg('test'), ...reasonOf(asked) }),
  }),
});

const results = command<Results>({
  name: 'test results',
  summary: 'What is known now. It may be read at any time: looking often raises no false alarm.',
  args: [TEST],
  examples: ['test results ner'],
  answer: answerOf('experiments.results'),
  run: async (session, asked) => ({
    answer: await session.call('experiments.results', { ...session.scope, test: asked.arg('test') }),
  }),
  show: resultsPage,
});

function resultsPage(found: Results, paint: Paint): string {
  const units = Object.entries(found.sampleSizes).map(([arm, size]) => `${arm} ${size}`);
  const rows = Object.values(found.metrics).map((metric) => [
    metric.name,
    metric.role,
    rounded(metric.controlMean),
    rounded(metric.treatmentMean),
    metric.improvement === null ? '' : `${rounded(metric.improvement * 100)} %`,
    rounded(metric.pValue),
    metric.verdict,
  ]);
  return [
    pairs(
      {
        test: found.testId,
        phase: found.phase,
        units: units.join(', '),
        winner: found.winner ?? 'none yet',
        significant: found.significant ? new Painted(paint.good('yes')) : `no${found.reason === null ? '' : `, ${found.reason}`}`,
      },
      paint,
    ),
    '',
    rows.length === 0
      ? 'No metric was recorded yet.'
      : table(['METRIC', 'ROLE', 'CONTROL', 'TREATMENT', 'IMPROVEMENT', 'P', 'VERDICT'], rows, paint),
    '',
    ...found.conclusion.map(plain),
    ...found.warnings.map((warning) => `${paint.odd('warning')}  ${plain(warning)}`),
  ].join('\n');
}

function rounded(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(4)));
}

export const TEST_COMMANDS: readonly Command[] = [create, list, start, stop, results];
