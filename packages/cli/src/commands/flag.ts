/** Flags, read. */
import type { AnswerOf } from '@sluice/client';
import { answerOf } from '../answer-schema.ts';
import { type Command, command } from '../command.ts';
import { type Given, given } from '../option.ts';
import type { Session } from '../session.ts';
import { explanationPage, flagPage, flagTable, staleTable } from './flag-view.ts';

const FLAG = { name: 'flag', says: 'its name' } as const;
const MOST_PAGES = 1_000;

type Flags = AnswerOf<'flags.list'>;

/** All pages as one. */
export async function allFlags(session: Session, filter: { tag?: string; owner?: string; q?: string } = {}): Promise<Flags> {
  const members: Flags['members'][number][] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const more: { cursor?: string } = cursor === null ? {} : { cursor };
    const answer: Flags = await session.call('flags.list', { ...session.scope, limit: 500, ...filter, ...more });
    members.push(...answer.members);
    cursor = answer.nextCursor;
    if (cursor === null) break;
  }
  return { members, nextCursor: cursor };
}

const list = command<Flags>({
  name: 'flag list',
  summary: 'All flags with what they serve; archived ones are left out.',
  options: [
    { form: '--tag <tag>', says: 'only those with this tag' },
    { form: '--owner <owner>', says: 'only those of this owner' },
    { form: '--search <text>', says: 'only those whose name or description has this text' },
  ],
  examples: ['flag list --tag checkout', 'flag list --json --file config/feature_flags.json'],
  answer: answerOf('flags.list'),
  run: async (session, asked) => ({
    answer: await allFlags(session, given({ tag: asked.text('tag'), owner: asked.text('owner'), q: asked.text('search') })),
  }),
  show: ({ members }, paint) => flagTable(members, paint),
});

const get = command<AnswerOf<'flags.get'>>({
  name: 'flag get',
  summary: 'One flag with everything that is set; also one that was archived.',
  args: [FLAG],
  examples: ['flag get new_ner_model'],
  answer: answerOf('flags.get'),
  run: async (session, asked) => ({ answer: await session.call('flags.get', { ...session.scope, key: asked.arg('flag') }) }),
  show: flagPage,
});

const explain = command<AnswerOf<'flags.explain'>>({
  name: 'flag explain',
  summary: 'Why a unit gets what it gets, step by step. It counts as no evaluation.',
  args: [FLAG],
  options: [
    { form: '--user <id>', says: 'the unit' },
    { form: '--group <name>', says: 'a group of it; may be repeated', isList: true },
    { form: '--attributes <json>', says: 'its attributes', type: 'json' },
  ],
  examples: ['flag explain checkout --user ann --attributes \'{"plan":"pro"}\''],
  answer: answerOf('flags.explain'),
  run: async (session, asked) => ({
    answer: await session.call('flags.explain', { ...session.scope, key: asked.arg('flag'), unit: unitOf(asked) }),
  }),
  show: explanationPage,
});

function unitOf(asked: Given) {
  return given({
    userId: asked.text('user'),
    groups: asked.list('group'),
    attributes: asked.json('attributes') as Readonly<Record<string, unknown>> | undefined,
  });
}

const stale = command<AnswerOf<'flags.stale'>>({
  name: 'flag stale',
  summary: 'Flags that have outlived their use: expired, settled, not asked any more, or broken.',
  options: [
    { form: '--unused-days <days>', says: 'not asked for so long', type: 'count' },
    { form: '--settled-days <days>', says: 'fully on or off for so long', type: 'count' },
    { form: '--permanent-tag <tag>', says: 'flags with this tag are meant to stay' },
  ],
  examples: ['flag stale --settled-days 14 --permanent-tag ops'],
  answer: answerOf('flags.stale'),
  run: async (session, asked) => ({
    answer: await session.call('flags.stale', {
      ...session.scope,
      ...given({
        unusedDays: asked.number('unusedDays'),
        settledDays: asked.number('settledDays'),
        permanentTag: asked.text('permanentTag'),
      }),
    }),
  }),
  show: staleTable,
});

export const FLAG_COMMANDS: readonly Command[] = [list, get, explain, stale];
