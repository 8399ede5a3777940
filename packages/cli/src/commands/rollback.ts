/** Going back: at once, step by step, for named users, to a version. Nothing of it is asked about. */
import type { AnswerOf } from '@sluice/client';
import { z } from 'zod';
import { answerOf } from '../answer-schema.ts';
import { type Command, command } from '../command.ts';
import { ADVANCES_WHILE_OPEN } from '../file-remark.ts';
import { given } from '../option.ts';
import { type Paint, Painted, pairs, percent, plainLines, when } from '../paint.ts';
import type { Session } from '../session.ts';
import { NEEDED_REASON } from '../shared-options.ts';
import { table } from '../table.ts';

type Result = AnswerOf<'rollbacks.immediate'>;

const FLAG = { name: 'flag', says: 'its name' } as const;
const DONE = { answer: answerOf('rollbacks.immediate'), show: resultPage } as const;

function resultPage(result: Result, paint: Paint): string {
  const page = pairs(
    {
      rollback: result.id ?? 'nothing had to change',
      flag: result.flag,
      from: percent(result.fromPercentage),
      to: percent(result.toPercentage),
      status: new Painted(result.status === 'completed' ? paint.good(result.status) : paint.odd(result.status)),
      reason: result.reason,
      report: result.id === null ? undefined : `sluice rollback report ${result.id}`,
    },
    paint,
  );
  return [page, ...result.warnings.map((warning) => paint.odd(plainLines(warning)))].join('\n');
}

const now = command<Result>({
  name: 'rollback now',
  summary:
    'Off for everybody in one commit. What moves the share ends; only a protected environment refuses it, without a reason.',
  args: [FLAG],
  options: [NEEDED_REASON],
  examples: ['rollback now new_ner_model --reason "error rate above 5 %"'],
  ...DONE,
  run: async (session, asked) => {
    const input = { ...session.scope, flag: asked.arg('flag'), reason: asked.text('reason') ?? '' };
    return { answer: await session.call('rollbacks.immediate', input) };
  },
});

const toVersion = command<Result>({
  name: 'rollback to-version',
  summary: 'All units of a component back to a registered version, in one commit.',
  args: [
    { name: 'flag', says: 'the component' },
    { name: 'version', says: 'a registered version, as 1.0.0' },
  ],
  options: [NEEDED_REASON],
  examples: ['rollback to-version ner_model 1.0.0 --reason "bug in 2.0.0"'],
  ...DONE,
  run: async (session, asked) => {
    const reason = asked.text('reason') ?? '';
    const input = { ...session.scope, flag: asked.arg('flag'), rollbackToVersion: asked.arg('version'), reason };
    return { answer: await session.call('rollbacks.immediate', input) };
  },
});

const gradual = command<Result>({
  name: 'rollback gradual',
  summary: 'Takes the share down stage by stage, without any validation.',
  args: [FLAG],
  options: [
    { form: '--stages <list>', says: 'descending percentages; 75,50,0 unless given', type: 'percentages' },
    { form: '--interval <duration>', says: 'how long each stage lasts; 1m unless given', type: 'duration' },
    NEEDED_REASON,
  ],
  examples: ['rollback gradual new_ner_model --interval 10m --reason "slow"'],
  ...DONE,
  run: async (session, asked) => {
    const more = given({ stages: asked.numbers('stages'), intervalMs: asked.number('interval') });
    const input = { ...session.scope, flag: asked.arg('flag'), reason: asked.text('reason') ?? '', ...more };
    const answer = await session.call('rollbacks.gradual', input);
    if (session.isOnFile && answer.changed) session.remark(ADVANCES_WHILE_OPEN);
    return { answer };
  },
});

const targeted = command<Result>({
  name: 'rollback targeted',
  summary: 'Off for named users; nobody else notices. Lifted by sluice flag set --add-user.',
  args: [FLAG],
  options: [{ form: '--user <id>', says: 'a user; may be repeated', isList: true, isNeeded: true }, NEEDED_REASON],
  examples: ['rollback targeted checkout --user ann --reason "wrong names"'],
  ...DONE,
  run: async (session, asked) => {
    const userIds = asked.list('user') ?? [];
    const input = { ...session.scope, flag: asked.arg('flag'), reason: asked.text('reason') ?? '', userIds };
    return { answer: await session.call('rollbacks.targeted', input) };
  },
});

const history = command<AnswerOf<'rollbacks.history'>>({
  name: 'rollback history',
  summary: 'Every rollback, kills and automatic ones included, the newest first.',
  args: [{ ...FLAG, isOptional: true }],
  options: [{ form: '--limit <n>', says: 'so many; 100 unless given', type: 'count' }],
  examples: ['rollback history new_ner_model --limit 10'],
  answer: answerOf('rollbacks.history'),
  run: async (session, asked) => {
    const key = asked.optionalArg('flag');
    const filter = given({ flag: key, limit: asked.number('limit') });
    const answer = await session.call('rollbacks.history', { ...session.scope, ...filter });
    // A name that is mistyped must not read as a flag that was never rolled back.
    if (key !== undefined && answer.rollbacks.length === 0) await session.call('flags.get', { ...session.scope, key });
    return { answer };
  },
  show: ({ rollbacks }, paint) => {
    if (rollbacks.length === 0) return 'Nothing was rolled back.';
    const rows = rollbacks.map((one) => [
      one.id,
      when(one.at),
      one.flag,
      one.strategy,
      `${one.fromPercentage ?? '?'} → ${one.toPercentage ?? '?'} %`,
      one.actor,
      one.reason,
    ]);
    return table(['ID', 'AT', 'FLAG', 'HOW', 'SHARE', 'BY', 'REASON'], rows, paint);
  },
});

const report = command<AnswerOf<'rollbacks.report'>>({
  name: 'rollback report',
  summary: 'The post-mortem of a rollback as Markdown, with what people have to fill in.',
  args: [{ name: 'id', says: 'as sluice rollback history tells it' }],
  examples: ['rollback report 42 > post-mortem.md'],
  answer: answerOf('rollbacks.report').and(z.object({ markdown: z.string() })),
  run: async (session: Session, asked) => ({
    answer: await session.call('rollbacks.report', { ...session.scope, id: asked.arg('id') }),
  }),
  show: ({ markdown }) => plainLines(markdown).trimEnd(),
});

export const ROLLBACK_COMMANDS: readonly Command[] = [now, gradual, targeted, toVersion, history, report];
