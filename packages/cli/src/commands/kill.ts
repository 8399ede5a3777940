/** The kill switch: the shortest way to off. */
import type { AnswerOf } from '@sluice/client';
import { answerOf } from '../answer-schema.ts';
import { command } from '../command.ts';
import { Painted, pairs } from '../paint.ts';
import { REASON, reasonOf } from '../shared-options.ts';
import { statusIn } from './flag-view.ts';

export const KILL = command<AnswerOf<'flags.kill'>>({
  name: 'kill',
  summary: 'Break-glass: a flag is off for everybody at once. Never refused, never asked about.',
  args: [{ name: 'flag', says: 'its name' }],
  options: [REASON],
  note: 'The percentage is kept, and a rollout or test of the flag ends. With --file it works without any server, and where the file cannot be written it stands in the journal beside it. sluice flag unkill undoes it.',
  examples: ['kill new_ner_model --reason "wrong names in invoices"', 'kill new_ner_model --file config/feature_flags.json'],
  answer: answerOf('flags.kill'),
  run: async (session, asked) => ({
    answer: await session.call('flags.kill', { ...session.scope, key: asked.arg('flag'), ...reasonOf(asked) }),
  }),
  show: (flag, paint) =>
    pairs(
      {
        flag: flag.name,
        status: statusIn(paint, flag),
        kept: `${flag.rolloutPercentage} %`,
        stored: flag.durable ? 'yes' : new Painted(paint.odd('not yet: in effect, and brought to the store when it answers')),
        undo: `sluice flag unkill ${flag.name}`,
      },
      paint,
    ),
});
