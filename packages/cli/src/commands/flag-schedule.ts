/** Edits of flags that wait for their instant. */
import type { AnswerOf } from '@sluice/client';
import { SluiceError } from '@sluice/core';
import { answerOf } from '../answer-schema.ts';
import { type Command, command } from '../command.ts';
import { MADE_WHILE_OPEN } from '../file-remark.ts';
import { given } from '../option.ts';
import { type Paint, Painted, pairs, plain, when } from '../paint.ts';
import { REASON, reasonOf } from '../shared-options.ts';
import { table } from '../table.ts';
import { reachesEverybody, SETTINGS, settingsOf } from './flag-settings.ts';

type Edit = AnswerOf<'flags.schedule'>;
type Edits = AnswerOf<'flags.scheduled'>;

const list = command<Edits>({
  name: 'flag schedule list',
  summary: 'Edits of flags that wait for their instant, the next first.',
  args: [{ name: 'flag', says: 'only those of this flag', isOptional: true }],
  examples: ['flag schedule list checkout'],
  answer: answerOf('flags.scheduled'),
  run: async (session, asked) => {
    const key = asked.optionalArg('flag');
    const answer = await session.call('flags.scheduled', { ...session.scope, ...given({ flag: key }) });
    // A name that is mistyped must not read as a flag for which nothing waits.
    if (key !== undefined && answer.edits.length === 0) await session.call('flags.get', { ...session.scope, key });
    return { answer };
  },
  show: ({ edits }, paint) => {
    if (edits.length === 0) return 'No edit waits. Schedule one: sluice flag schedule add <flag> --at <instant> --percentage 50';
    const rows = edits.map(({ id, flag, at, settings, actor, reason }) => [id, flag, when(at), setting(settings), actor, reason]);
    return table(['ID', 'FLAG', 'AT', 'SETS', 'BY', 'WHY'], rows, paint);
  },
});

const add = command<Edit>({
  name: 'flag schedule add',
  summary: 'Has settings of a flag set when an instant comes.',
  args: [{ name: 'flag', says: 'its name' }],
  options: [{ form: '--at <instant>', says: 'when, as 2027-03-01T08:00:00+01:00', isNeeded: true }, ...SETTINGS, REASON],
  note: 'What is no longer possible then is refused, and stands in the history. A kill before then stands.',
  examples: ['flag schedule add sale --at 2027-03-01T08:00:00Z --percentage 50'],
  answer: answerOf('flags.schedule'),
  run: async (session, asked) => {
    const [key, at, settings] = [asked.arg('flag'), asked.text('at') ?? '', settingsOf(asked)];
    if (Object.keys(settings).length === 0)
      throw new SluiceError('invalid', 'nothing would be changed: name a setting, such as --percentage 50');
    if (reachesEverybody(settings)) await session.confirm(`Flag "${key}" will be on for everybody at ${at}`);
    const answer = await session.call('flags.schedule', { ...session.scope, key, at, settings, ...reasonOf(asked) });
    if (session.isOnFile) session.remark(MADE_WHILE_OPEN);
    return { answer };
  },
  show: editPage,
});

const cancel = command<Edit>({
  name: 'flag schedule cancel',
  summary: 'Cancels an edit that waits; its flag stays as it is.',
  args: [{ name: 'id', says: 'of the edit: sluice flag schedule list' }],
  options: [REASON],
  examples: ['flag schedule cancel sale#1 --reason "the sale was moved"'],
  answer: answerOf('flags.schedule'),
  run: async (session, asked) => {
    const id = asked.arg('id');
    const { edits } = await session.call('flags.scheduled', session.scope);
    const edit = edits.find((waiting) => waiting.id === id);
    if (edit === undefined)
      throw new SluiceError('notFound', `no edit "${id}" waits: sluice flag schedule list has those that do`);
    await session.call('flags.cancelScheduled', { ...session.scope, id, ...reasonOf(asked) });
    return { answer: edit };
  },
  show: (edit, paint) => `${paint.good('cancelled')}\n${editPage(edit, paint)}`,
});

function editPage({ id, flag, at, settings, actor, reason }: Edit, paint: Paint): string {
  const why = reason === '' ? undefined : reason;
  return pairs({ id, flag: new Painted(paint.bold(plain(flag))), at: when(at), sets: setting(settings), by: actor, why }, paint);
}

function setting(settings: Edit['settings']): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    .join(', ');
}

export const SCHEDULE_COMMANDS: readonly Command[] = [list, add, cancel];
