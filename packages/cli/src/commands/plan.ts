/** Plans as files: checked, compared with what is kept, applied. */
import {
  adviseRollout,
  DEFAULT_SCOPE,
  editFlag,
  isRefusal,
  newFlag,
  parseFlagSettings,
  parseRolloutSettings,
  type RolloutSettings,
} from '@sluice/core';
import { simulateRollout } from 'sluice';
import { z } from 'zod';
import { type Command, command } from '../command.ts';
import { inCommands } from '../library-words.ts';
import type { Given, OptionSpec } from '../option.ts';
import { plain } from '../paint.ts';
import { type Applied, applied, applySteps } from '../plan/apply-plan.ts';
import { comparePlan } from '../plan/compare-plan.ts';
import { foretoldEdits } from '../plan/foretold-edits.ts';
import { isProtected, loadKept } from '../plan/load-kept.ts';
import { loadPlan, PLAN_PATH, withVariables } from '../plan/load-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { changesSomething, type DoableStep, type PlanStep, stepSchema, toldStep } from '../plan/plan-step.ts';
import { sayInPlan } from '../plan/translated.ts';
import type { Session } from '../session.ts';
import { REASON } from '../shared-options.ts';
import { type Forecast, forecastSchema } from './forecast-view.ts';
import { countLine, forecastTable, NOTHING_NAMED, stepLines } from './plan-view.ts';

const PATH = { name: 'path', says: `the plan; ${PLAN_PATH} unless given`, isOptional: true } as const;
const SUPERSEDE: OptionSpec = { form: '--supersede', says: 'rollouts under way of another plan end for this one' };

const checked = z.object({
  path: z.string(),
  segments: z.array(z.string()),
  flags: z.array(z.string()),
  advice: z
    .array(z.object({ flag: z.string(), text: z.string() }))
    .describe('What speaks against a rollout or a schedule that is allowed'),
  forecasts: z.array(z.object({ flag: z.string(), forecast: forecastSchema })),
});

interface Checked {
  readonly path: string;
  readonly segments: readonly string[];
  readonly flags: readonly string[];
  readonly advice: readonly { readonly flag: string; readonly text: string }[];
  readonly forecasts: readonly { readonly flag: string; readonly forecast: Forecast }[];
}

const check = command<Checked>({
  name: 'plan check',
  summary: 'Reads a plan, names every fault with line and column, and simulates its rollouts.',
  args: [PATH],
  options: [
    { form: '--replicates <n>', says: 'simulated rollouts of each; 20 unless given, 0 for none', type: 'count' },
    { form: '--units-per-second <n>', says: 'that ask; 100 unless given', type: 'number' },
    { form: '--error-rate <0-1>', says: 'beside the change; 0.01 unless given', type: 'fraction' },
    { form: '--change-error-rate <0-1>', says: 'of a bad change; ten times that unless given', type: 'fraction' },
  ],
  note: 'It needs no server. Exit 0 when the plan is good, 2 when it is not. A ring is simulated as the share that it is expected to be.',
  examples: ['plan check', 'plan check plans/checkout.yaml --replicates 0'],
  answer: checked,
  run: async (session, asked) => {
    const path = asked.optionalArg('path') ?? PLAN_PATH;
    const { plan } = await loadPlan(session, path);
    const segments = plan.segments.map(({ name }) => name);
    const flags = plan.flags.map(({ name }) => name);
    return {
      answer: {
        path,
        segments,
        flags,
        advice: [...adviceOn(plan, assumptionsIn(asked).errorRate), ...adviceOnSchedules(plan, session.terminal.now())],
        forecasts: forecastsOf(plan, asked),
      },
    };
  },
  show: ({ path, segments, flags, advice, forecasts }, paint) =>
    [
      paint.good(`${path} is good: ${counted(segments, 'segment')}${counted(flags, 'flag')}`.replace(/, $|: $/, '')),
      ...advice.map(({ flag, text }) => `${paint.odd('advice')}  ${plain(flag)}: ${plain(text)}`),
      ...(forecasts.length === 0 ? [] : ['', forecastTable(forecasts, paint)]),
    ].join('\n'),
});

function counted(names: readonly string[], what: string): string {
  return names.length === 0 ? '' : `${names.length} ${what}${names.length === 1 ? '' : 's'}, `;
}

/** As far as a plan alone says it: rollouts to a version are known where the component is. */
function rolloutsOf({ flags }: Plan): { readonly flag: string; readonly settings: RolloutSettings }[] {
  return flags.flatMap(({ name, rollout }) => {
    if (rollout === null) return [];
    const { toVersion: _version, toVariant: _variant, ...settings } = rollout;
    return [{ flag: name, settings }];
  });
}

/** Of a harmless change nothing is measured yet: it is taken to fail as what is beside it does. */
function adviceOn(plan: Plan, errorRate: number): { flag: string; text: string }[] {
  return rolloutsOf(plan).flatMap(({ flag: name, settings }) => {
    const flag = { ...newFlag(name, DEFAULT_SCOPE, 0), status: 'percentage' as const };
    const advice = adviseRollout(parseRolloutSettings(flag, settings), {
      flag,
      underWay: [],
      flags: new Map(),
      present: ({ metric }) => (metric === 'errorRate' ? { kind: 'assumed', value: errorRate } : null),
    });
    return advice.map((text) => ({ flag: name, text: sayInPlan(text) }));
  });
}

/** Of edits that lie ahead. Those of a flag that a rollout opens can only switch it off. */
function adviceOnSchedules({ flags }: Plan, now: number): { flag: string; text: string }[] {
  return flags.flatMap(({ name, settings, rollout, schedule }) => {
    const edit = { type: 'set', settings: parseFlagSettings(name, settings), force: false } as const;
    const flag = editFlag(newFlag(name, DEFAULT_SCOPE, 0), edit, 0);
    if (schedule === null || rollout !== null || isRefusal(flag)) return [];
    const edits = schedule.map((planned) => ({ planned, kept: null }));
    return foretoldEdits(flag, edits, () => null).flatMap(({ edit: { planned }, refusal }) => {
      const at = new Date(planned.at).toISOString();
      return refusal === null || planned.at <= now
        ? []
        : [{ flag: name, text: `the edit of ${at} will be refused: ${inCommands(refusal)}` }];
    });
  });
}

function assumptionsIn(asked: Given): Forecast['assumptions'] {
  const errorRate = asked.number('errorRate') ?? 0.01;
  const changeErrorRate = asked.number('changeErrorRate') ?? Math.min(1, 10 * errorRate);
  return { unitsPerSecond: asked.number('unitsPerSecond') ?? 100, errorRate, changeErrorRate };
}

function forecastsOf(plan: Plan, asked: Given): { flag: string; forecast: Forecast }[] {
  const replicates = asked.number('replicates') ?? 20;
  const assumptions = assumptionsIn(asked);
  if (replicates === 0) return [];
  return rolloutsOf(plan).map(({ flag, settings }) => ({
    flag,
    forecast: { assumptions, ...simulateRollout(simulable(settings), assumptions, { replicates }) },
  }));
}

/** Days of seconds would be calculated for minutes: so many looks at the most tell the same to a few percent. */
const MOST_LOOKS = 2_000;

/** Groups are not drawn: a ring is simulated as the share that it is expected to be, a preview not at all. */
function simulable(settings: RolloutSettings): RolloutSettings {
  const flag = { ...newFlag('simulated', DEFAULT_SCOPE, 0), status: 'percentage' as const };
  const { stages, tickMs } = parseRolloutSettings(flag, settings);
  const wholeMs = stages.reduce((sum, { bakeMs }) => sum + bakeMs, 0);
  const looked = { ...settings, tickMs: Math.max(tickMs, Math.ceil(wholeMs / MOST_LOOKS)) };
  if (settings.strategy !== 'ring' && settings.strategy !== 'blueGreen') return looked;
  const given = settings.stages ?? stages.map(({ percentage }) => percentage);
  const shares = given.map((stage) => (typeof stage === 'number' ? { percentage: stage } : { ...stage, groups: [] }));
  return { ...looked, strategy: 'percentage', stages: shares.filter(({ percentage }) => percentage > 0) };
}

const compared = z.object({ path: z.string(), differs: z.boolean(), steps: z.array(stepSchema) });

const diff = command<{ path: string; differs: boolean; steps: PlanStep[] }>({
  name: 'plan diff',
  summary: 'What applying a plan would change. Exit 0 when nothing, 7 when something.',
  args: [PATH],
  options: [SUPERSEDE],
  examples: ['plan diff --environment production', 'plan diff --file config/feature_flags.json'],
  answer: compared,
  makesFile: true,
  run: async (session, asked) => {
    const { path, steps } = await compareIn(session, asked);
    const differs = steps.some(changesSomething);
    const isRefused = steps.some(({ action }) => action === 'refused');
    return { answer: { path, differs, steps: steps.map(toldStep) }, exit: isRefused ? 'refused' : differs ? 'differs' : 'ok' };
  },
  show: ({ steps }, paint) => `${stepLines(steps, paint)}\n\n${countLine(steps)}`.trimStart(),
});

async function compareIn(session: Session, asked: Given): Promise<{ path: string; steps: DoableStep[] }> {
  const path = asked.optionalArg('path') ?? PLAN_PATH;
  const loaded = await loadPlan(session, path);
  // A file keeps no notifications: what they would need need not be there.
  const plan = session.isOnFile ? loaded.plan : withVariables(loaded.plan, session.terminal.variables);
  const kept = await loadKept(session, plan);
  const protection = (await isProtected(session)) ? { scope: session.scope, placeOf: loaded.sharePlace } : null;
  const options = { supersede: asked.has('supersede'), protection };
  return { path, steps: comparePlan(plan, kept, options, session.terminal.now()) };
}

const apply = command<Applied>({
  name: 'plan apply',
  summary: 'Makes the flags as the plan has them and starts its rollouts. Twice does nothing more.',
  args: [PATH],
  options: [{ ...REASON, says: 'why; the plan and its path unless given' }, SUPERSEDE],
  note: 'A kill is never undone, a rollout of the same plan is left alone whether it is under way or over, and flags that the plan does not name stay. Exit 1 when a part is refused, 4 when one is left for what is under way.',
  examples: ['plan apply --environment production --reason "$GITHUB_SHA"'],
  answer: applied,
  makesFile: true,
  run: async (session, asked) => {
    const { path, steps } = await compareIn(session, asked);
    const everybody = steps.filter(({ reachesEverybody }) => reachesEverybody).map(({ kind, key }) => `${kind} "${key}"`);
    if (everybody.length > 0) await session.confirm(`${everybody.join(', ')} will reach everybody`);
    return applySteps(session, steps, { path, reason: asked.text('reason') ?? `plan ${path}` });
  },
  show: ({ steps, failures }, paint) =>
    [
      stepLines(steps, paint),
      ...failures.map(({ kind, key, message }) => `${paint.bad(`✗ ${kind} ${plain(key)}`)} failed: ${plain(message)}`),
      '',
      endLine(steps, failures.length),
    ]
      .join('\n')
      .trimStart(),
});

function endLine(steps: readonly PlanStep[], failed: number): string {
  if (failed > 0) return `${failed} of it failed, and the rest stands. Applying it again tries what is left.`;
  if (steps.length === 0) return NOTHING_NAMED;
  return steps.some(changesSomething) ? 'Applied. Applying it again changes nothing.' : 'Nothing was to be changed.';
}

export const PLAN_COMMANDS: readonly Command[] = [check, diff, apply];
