/** Rollouts: started, watched, and driven on or back by people. */
import type { AnswerOf } from '@sluice/client';
import { simulateRollout } from 'sluice';
import { answerOf } from '../answer-schema.ts';
import { type Command, command, type Outcome } from '../command.ts';
import { isOneStep } from '../one-step.ts';
import type { Given, OptionSpec } from '../option.ts';
import type { Session } from '../session.ts';
import { REASON, reasonOf } from '../shared-options.ts';
import { type Forecast, forecastPage, forecastSchema } from './forecast-view.ts';
import { PLAN_OPTIONS, rolloutSettingsOf } from './rollout-options.ts';
import { rolloutTable, type Status, track } from './rollout-track.ts';
import { watchRollout } from './rollout-watch.ts';

const FLAG = { name: 'flag', says: 'its name' } as const;
const STATUS = { answer: answerOf('rollouts.status'), show: track } as const;
const WATCH: OptionSpec = { form: '--watch', says: 'stay and show how it goes, to its end' };
const OPEN_FILE = 'A rollout on a file advances only while a process has the file open: the service that uses it, or --watch.';

const start = command<Status>({
  name: 'rollout start',
  summary: 'Starts a rollout of a flag.',
  args: [FLAG],
  options: [...PLAN_OPTIONS, { form: '--supersede', says: 'end what moves the share now' }, REASON, WATCH],
  examples: ['rollout start checkout --bake 10m --criterion "errorRate<=1.2x"'],
  ...STATUS,
  run: async (session, asked) => {
    const flag = asked.arg('flag');
    const settings = await forFlag(session, flag, asked);
    if (isOneStep(settings)) await session.confirm(`The rollout opens flag "${flag}" to everybody in one step`);
    const onConflict = asked.has('supersede') ? ({ onConflict: 'supersede' } as const) : {};
    const input = { ...session.scope, flag, settings, ...onConflict, ...reasonOf(asked) };
    const answer = await session.call('rollouts.start', input);
    if (session.isOnFile && !asked.has('watch') && answer.endedAt === null) session.remark(OPEN_FILE);
    return asked.has('watch') ? watchRollout(session, flag) : { answer };
  },
});

/** `--to` is a version where the flag is a component. */
async function forFlag(session: Session, flag: string, asked: Given) {
  const { toVariant, ...settings } = rolloutSettingsOf(asked);
  const { isComponent } = await session.call('flags.get', { ...session.scope, key: flag });
  if (toVariant === undefined) return settings;
  return isComponent ? { ...settings, toVersion: toVariant } : { ...settings, toVariant };
}

const list = command<AnswerOf<'rollouts.list'>>({
  name: 'rollout list',
  summary: 'The latest rollout of every flag that had one, those under way first.',
  examples: ['rollout list'],
  answer: answerOf('rollouts.list'),
  run: async (session) => ({ answer: await session.call('rollouts.list', session.scope) }),
  show: ({ rollouts }, paint) => rolloutTable(rollouts, paint),
});

const status = command<Status>({
  name: 'rollout status',
  summary: 'How the latest rollout of a flag stands: stages, bake left, verdicts and evidence.',
  args: [FLAG],
  options: [WATCH],
  examples: ['rollout status checkout', 'rollout status checkout --json'],
  ...STATUS,
  run: (session, asked) => statusOf(session, asked.arg('flag'), asked.has('watch')),
});

const watch = command<Status>({
  name: 'rollout watch',
  summary: 'Stays and shows how a rollout goes, to its end. Exit 0 when it completes, 8 when it does not.',
  args: [FLAG],
  note: 'On a terminal it is drawn in place; elsewhere each turning point is a line, with --json a JSON text. With --file it is this process that advances the rollout.',
  examples: ['rollout watch checkout'],
  ...STATUS,
  run: (session, asked) => watchRollout(session, asked.arg('flag')),
});

async function statusOf(session: Session, flag: string, isWatched: boolean): Promise<Outcome<Status>> {
  if (isWatched) return watchRollout(session, flag);
  return { answer: await session.call('rollouts.status', { ...session.scope, flag }) };
}

type Driving = 'pause' | 'resume' | 'reject' | 'abort';

function driving(id: Driving, summary: string, example: string): Command {
  return command<Status>({
    name: `rollout ${id}`,
    summary,
    args: [FLAG],
    options: [REASON],
    examples: [example],
    ...STATUS,
    run: async (session, asked) => {
      const input = { ...session.scope, flag: asked.arg('flag'), ...reasonOf(asked) };
      return { answer: await session.call(`rollouts.${id}`, input) };
    },
  });
}

const approve = command<Status>({
  name: 'rollout approve',
  summary: 'Gives the approval that a rollout waits for: of its start, or of its next stage.',
  args: [FLAG],
  options: [REASON],
  examples: ['rollout approve checkout --reason "looked at the invoices"'],
  ...STATUS,
  run: async (session, asked) => {
    const flag = asked.arg('flag');
    const { phase } = await session.call('rollouts.status', { ...session.scope, flag });
    const id = phase === 'pending' ? 'rollouts.approveStart' : 'rollouts.approve';
    return { answer: await session.call(id, { ...session.scope, flag, ...reasonOf(asked) }) };
  },
});

const promote = command<Status>({
  name: 'rollout promote',
  summary: 'Opens the next stage now, or the last; recorded as without evidence.',
  args: [FLAG],
  options: [
    { form: '--full', says: 'the last stage: everybody at once' },
    { form: '--force', says: 'also in a freeze window; needs a reason' },
    REASON,
  ],
  examples: ['rollout promote checkout --reason "metrics are down"'],
  ...STATUS,
  run: async (session, asked) => {
    const flag = asked.arg('flag');
    const input = { ...session.scope, flag, ...reasonOf(asked) };
    const { stage, stagePercentages } = await session.call('rollouts.status', { ...session.scope, flag });
    const next = asked.has('full') ? stagePercentages.at(-1) : stagePercentages[(stage ?? -1) + 1];
    if (next === 100) await session.confirm(`Flag "${flag}" will be on for everybody, without evidence`);
    const full = asked.has('full') ? { full: true } : {};
    const force = asked.has('force') ? { force: true } : {};
    return { answer: await session.call('rollouts.promote', { ...input, ...full, ...force }) };
  },
});

const simulate = command<Forecast>({
  name: 'rollout simulate',
  summary: 'What such a rollout would do to a harmless change and to a bad one. Starts nothing.',
  options: [
    ...PLAN_OPTIONS.filter(({ form }) => !/^--(to|unvalidated|manual) ?/.test(form)),
    { form: '--units-per-second <n>', says: 'of both sides; 10 unless given', type: 'number' },
    { form: '--error-rate <0-1>', says: 'beside the change; 0.01 unless given', type: 'fraction' },
    { form: '--change-error-rate <0-1>', says: 'on it; three times that unless given', type: 'fraction' },
    { form: '--replicates <n>', says: 'simulated rollouts; 200 unless given', type: 'count' },
    { form: '--seed <text>', says: 'the same seed gives the same answer' },
  ],
  examples: ['rollout simulate --criterion "errorRate<=1.2x" --bake 10m'],
  answer: forecastSchema,
  run: async (_session, asked) => {
    const errorRate = asked.number('errorRate') ?? 0.01;
    const assumptions = {
      unitsPerSecond: asked.number('unitsPerSecond') ?? 10,
      errorRate,
      changeErrorRate: asked.number('changeErrorRate') ?? Math.min(1, 3 * errorRate),
    };
    const { seed = 'sluice' } = { seed: asked.text('seed') };
    const settings = { unvalidated: true, ...rolloutSettingsOf(asked) };
    const forecast = simulateRollout(settings, assumptions, { seed, replicates: asked.number('replicates') ?? 200 });
    return { answer: { assumptions, ...forecast } };
  },
  show: forecastPage,
});

export const ROLLOUT_COMMANDS: readonly Command[] = [
  start,
  list,
  status,
  watch,
  approve,
  driving('reject', 'Refuses the approval that is waited for.', 'rollout reject checkout --reason "totals are wrong"'),
  driving('pause', 'Holds a rollout where it is; harm still rolls back.', 'rollout pause checkout --reason "release party"'),
  driving('resume', 'Ends a hold.', 'rollout resume checkout'),
  promote,
  driving('abort', 'Gives everybody what they had before the rollout.', 'rollout abort checkout --reason "not now"'),
  simulate,
];
