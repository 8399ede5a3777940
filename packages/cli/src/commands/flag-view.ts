/** Flags as tables and pages for people. */
import type { AnswerOf } from '@sluice/client';
import { type Paint, Painted, pairs, percent, plain, when } from '../paint.ts';
import { table } from '../table.ts';

export type FlagAnswer = AnswerOf<'flags.get'>;

export function statusIn(paint: Paint, flag: FlagAnswer): Painted {
  if (flag.isArchived) return new Painted(paint.dim('archived'));
  if (flag.status === 'disabled') return new Painted(paint.bad('disabled'));
  return new Painted(flag.status === 'enabled' ? paint.good('enabled') : paint.odd(flag.status));
}

export function flagTable(flags: readonly FlagAnswer[], paint: Paint): string {
  if (flags.length === 0) return 'There are no flags. Create one: sluice flag create <flag>';
  const rows = flags.map((flag) => [
    flag.name,
    statusIn(paint, flag),
    percent(flag.servedPercentage),
    flag.shareOwner?.kind ?? '',
    flag.owner ?? '',
    flag.description,
  ]);
  return table(['FLAG', 'STATUS', 'SERVED', 'MOVED BY', 'OWNER', 'DESCRIPTION'], rows, paint);
}

export function flagPage(flag: FlagAnswer, paint: Paint): string {
  const list = (names: readonly string[]): string | undefined => (names.length === 0 ? undefined : names.join(', '));
  const json = (value: object): string | undefined => (Object.keys(value).length === 0 ? undefined : JSON.stringify(value));
  return [
    pairs(
      {
        flag: new Painted(paint.bold(plain(flag.name))),
        status: statusIn(paint, flag),
        served: `${flag.servedPercentage} % (set to ${flag.rolloutPercentage} %)`,
        'moved by': flag.shareOwner === null ? 'hand' : `${flag.shareOwner.kind} ${flag.shareOwner.key}`,
        variants: Object.entries(flag.variants)
          .map(([name, value]) => `${name}${roleOf(flag, name)} = ${JSON.stringify(value)}`)
          .join(', '),
        split: json(flag.split),
        'enabled users': list(flag.enabledUsers),
        'enabled groups': list(flag.enabledGroups),
        'excluded users': list(flag.disabledUsers),
        'excluded groups': list(flag.disabledGroups),
        conditions: json(flag.conditions),
        prerequisites: list(flag.prerequisites.map(({ flag: needed, variants }) => `${needed} in ${variants.join('/')}`)),
        owner: flag.owner ?? undefined,
        tags: list(flag.tags),
        description: flag.description === '' ? undefined : flag.description,
        revision: `${flag.revision}, changed ${when(flag.updatedAt)}`,
      },
      paint,
    ),
    ...(flag.durable ? [] : [paint.odd('in effect here, and brought to the store as soon as it answers')]),
  ].join('\n');
}

function roleOf({ offVariant, onVariant }: FlagAnswer, name: string): string {
  if (name === offVariant) return ' (off)';
  return name === onVariant ? ' (on)' : '';
}

export function explanationPage(answer: AnswerOf<'flags.explain'>, paint: Paint): string {
  const marks = { decided: paint.good('→'), 'passed by': ' ', 'not reached': paint.dim('·') };
  const width = Math.max(...answer.steps.map(({ step }) => step.length));
  const steps = answer.steps.map(
    ({ step, outcome, message }) => `${marks[outcome]} ${step.padEnd(width)}  ${paint.dim(plain(message))}`,
  );
  const head = pairs(
    {
      flag: answer.key,
      serves: answer.variant === null ? 'nothing, so the fallback' : `${answer.variant} = ${JSON.stringify(answer.value)}`,
      because: answer.errorCode === null ? answer.reason : `${answer.reason} (${answer.errorCode})`,
      bucket: answer.bucket ?? undefined,
    },
    paint,
  );
  return [head, '', ...steps].join('\n');
}

export function staleTable({ flags }: AnswerOf<'flags.stale'>, paint: Paint): string {
  if (flags.length === 0) return 'No flag has outlived its use.';
  const rows = flags.flatMap(({ name, owner, signs }) =>
    signs.map(({ sign, since, message }) => [name, sign, when(since), owner ?? '', message]),
  );
  return table(['FLAG', 'SIGN', 'SINCE', 'OWNER', 'WHY'], rows, paint);
}
