/** Flags, changed by hand. */
import type { AnswerOf } from '@sluice/client';
import { type FlagSettings, SluiceError } from '@sluice/core';
import { answerOf } from '../answer-schema.ts';
import { type Command, command, type Outcome } from '../command.ts';
import type { Given } from '../option.ts';
import type { Session } from '../session.ts';
import { FORCE, IF_REVISION, REASON, reasonOf, revisionOf } from '../shared-options.ts';
import { reachesEverybody, SETTINGS, settingsOf } from './flag-settings.ts';
import { flagPage } from './flag-view.ts';

type Flag = AnswerOf<'flags.get'>;

const FLAG = { name: 'flag', says: 'its name' } as const;
const CHANGED = { answer: answerOf('flags.get'), show: flagPage } as const;

const create = command<Flag>({
  name: 'flag create',
  summary: 'Creates a flag: disabled, or open to a percentage. One that is there stays as it is (exit 4).',
  args: [FLAG],
  options: [...SETTINGS, REASON],
  examples: ['flag create checkout --percentage 10 --owner shop'],
  makesFile: true,
  ...CHANGED,
  run: async (session, asked) => {
    const key = asked.arg('flag');
    const wanted = settingsOf(asked);
    const saysMore = wanted.status !== undefined || wanted.enabled !== undefined;
    const settings: FlagSettings =
      wanted.rolloutPercentage === undefined || saysMore ? wanted : { ...wanted, status: 'percentage' };
    if (reachesEverybody(settings)) await session.confirm(`Flag "${key}" will be on for everybody`);
    try {
      return {
        answer: await session.call('flags.set', { ...session.scope, key, settings, ...reasonOf(asked) }, { ifRevision: 0 }),
      };
    } catch (error) {
      throw await withArchived(error, session, key);
    }
  },
});

/** One that is archived is in no list: that it exists would help nobody. */
async function withArchived(error: unknown, session: Session, key: string): Promise<unknown> {
  if (!(error instanceof SluiceError) || error.code !== 'conflict') return error;
  const kept = await session.call('flags.get', { ...session.scope, key }).catch(() => null);
  if (kept?.isArchived !== true) return error;
  const message = `flag "${key}" is archived, and an archived key is not used again; take another name`;
  return new SluiceError('refused', message, { cause: error });
}

const set = command<Flag>({
  name: 'flag set',
  summary: 'Changes settings of a flag that is there; what is not named stays.',
  args: [FLAG],
  options: [
    ...SETTINGS,
    { form: '--add-user <id>', says: 'on for this user; lifts a targeted rollback', isList: true, type: 'unit' },
    { form: '--remove-user <id>', says: 'no longer on by name', isList: true, type: 'unit' },
    REASON,
    FORCE,
    IF_REVISION,
  ],
  examples: ['flag set checkout --percentage 25 --reason "no errors so far"'],
  ...CHANGED,
  run: setFlag,
});

async function setFlag(session: Session, asked: Given): Promise<Outcome<Flag>> {
  const key = asked.arg('flag');
  const settings = settingsOf(asked);
  const [added, removed] = [asked.list('addUser') ?? [], asked.list('removeUser') ?? []];
  const hasSettings = Object.keys(settings).length > 0;
  if (!hasSettings && added.length + removed.length === 0)
    throw new SluiceError('invalid', 'nothing is to be changed: name a setting, such as --percentage 25');
  let flag = await session.call('flags.get', { ...session.scope, key });
  if (reachesEverybody(settings)) await session.confirm(`Flag "${key}" will be on for everybody`);
  const at = { ...session.scope, key, ...reasonOf(asked) };
  const before = flag.revision;
  try {
    if (hasSettings) {
      const force = asked.has('force') ? { force: true } : {};
      flag = await session.call('flags.set', { ...at, settings, ...force }, revisionOf(asked));
    }
    for (const user of added) flag = await session.call('flags.addUser', { ...at, user });
    for (const user of removed) flag = await session.call('flags.removeUser', { ...at, user });
  } catch (error) {
    throw flag.revision === before ? error : partly(error, flag);
  }
  if (settings.rolloutPercentage !== undefined && flag.status === 'disabled')
    session.remark(`It is disabled: the percentage counts once it is on again (sluice flag unkill, or --status percentage).`);
  return { answer: flag };
}

/** Each is a commit of its own: what was done before one failed stands. */
function partly(error: unknown, { name, revision }: Flag): unknown {
  if (!(error instanceof SluiceError)) return error;
  const stands = `what was asked for before that is done: flag "${name}" is at revision ${revision}`;
  return new SluiceError(error.code, `${error.message}; ${stands}`, { cause: error, issues: error.issues });
}

const enable = command<Flag>({
  name: 'flag enable',
  summary: 'On for every eligible unit.',
  args: [FLAG],
  options: [REASON, FORCE, IF_REVISION],
  examples: ['flag enable new_ner_model --reason "rollout is over" --yes'],
  ...CHANGED,
  run: async (session, asked) => {
    const key = asked.arg('flag');
    await session.call('flags.get', { ...session.scope, key });
    await session.confirm(`Flag "${key}" will be on for everybody`);
    const force = asked.has('force') ? { force: true } : {};
    const input = { ...session.scope, key, ...reasonOf(asked), ...force };
    return { answer: await session.call('flags.enable', input, revisionOf(asked)) };
  },
});

const disable = command<Flag>({
  name: 'flag disable',
  summary: 'Off for everybody at once, as sluice kill: never refused, never asked about.',
  args: [FLAG],
  options: [REASON],
  examples: ['flag disable new_ner_model --reason "not needed yet"'],
  ...CHANGED,
  run: async (session, asked) => ({
    answer: await session.call('flags.kill', { ...session.scope, key: asked.arg('flag'), ...reasonOf(asked) }),
  }),
});

const unkill = command<Flag>({
  name: 'flag unkill',
  summary: 'Undoes a kill: the flag serves again what it served before.',
  args: [FLAG],
  options: [REASON, IF_REVISION],
  examples: ['flag unkill new_ner_model --reason "fixed in 4.2.1"'],
  ...CHANGED,
  run: async (session, asked) => {
    const key = asked.arg('flag');
    await session.confirm(`Flag "${key}" will serve again what it served before it was killed`);
    return { answer: await session.call('flags.unkill', { ...session.scope, key, ...reasonOf(asked) }, revisionOf(asked)) };
  },
});

const archive = command<Flag>({
  name: 'flag archive',
  summary: 'Takes a flag out of use for good: everybody gets off, and its name is not used again.',
  args: [FLAG],
  options: [REASON, IF_REVISION],
  examples: ['flag archive old_search --reason "the code is gone"'],
  ...CHANGED,
  run: async (session, asked) => {
    const key = asked.arg('flag');
    await session.call('flags.get', { ...session.scope, key });
    await session.confirm(`Flag "${key}" will be off for everybody for good`);
    return { answer: await session.call('flags.archive', { ...session.scope, key, ...reasonOf(asked) }, revisionOf(asked)) };
  },
});

export const FLAG_CHANGE_COMMANDS: readonly Command[] = [create, set, enable, disable, unkill, archive];
