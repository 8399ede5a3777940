/** The kill switch: the shortest way to off. */
import { type AnswerOf, createClient } from '@sluice/client';
import { SluiceError } from '@sluice/core';
import { z } from 'zod';
import { answerOf } from '../answer-schema.ts';
import { command } from '../command.ts';
import type { Given } from '../option.ts';
import { Painted, pairs } from '../paint.ts';
import type { Session } from '../session.ts';
import { REASON, reasonOf } from '../shared-options.ts';
import { statusIn } from './flag-view.ts';

type Killed = AnswerOf<'flags.kill'> | AnswerOf<'breakGlass.kill'>;

export const KILL = command<Killed>({
  name: 'kill',
  summary:
    'Break-glass: a flag is off for everybody at once. Refused only without a reason in a protected environment, never asked about.',
  args: [{ name: 'flag', says: 'its name' }],
  options: [REASON, { form: '--break-glass <path>', says: "by the token of the server's machine in this file" }],
  note: 'The percentage is kept, and a rollout or test of the flag ends. --break-glass works while the database of the server is away; --file without any server, and where the file cannot be written it stands in the journal beside it. sluice flag unkill undoes it.',
  examples: ['kill new_ner_model --reason "wrong names in invoices"', 'kill new_ner_model --file config/feature_flags.json'],
  answer: z.union([answerOf('flags.kill'), answerOf('breakGlass.kill')]),
  run: async (session, asked) => {
    const tokenFile = asked.text('breakGlass');
    if (tokenFile !== undefined) return { answer: await breakGlass(session, asked, tokenFile) };
    return { answer: await session.call('flags.kill', { ...session.scope, key: asked.arg('flag'), ...reasonOf(asked) }) };
  },
  show: (killed, paint) => {
    const name = 'name' in killed ? killed.name : killed.flag;
    const status = 'status' in killed && 'name' in killed ? statusIn(paint, killed) : new Painted(paint.bad('disabled'));
    const kept = 'name' in killed ? `${killed.rolloutPercentage} %` : undefined;
    const notYet = new Painted(paint.odd(`not yet: in effect, and brought to the store when it answers${keptIn(killed)}`));
    return pairs(
      {
        flag: name,
        status,
        kept,
        stored: killed.durable ? 'yes' : notYet,
        replicas: otherReplicas(killed),
        undo: `sluice flag unkill ${name}`,
      },
      paint,
    );
  },
});

function keptIn(killed: Killed): string {
  return 'keptIn' in killed ? ` (kept in the ${killed.keptIn})` : '';
}

/** What the others said to which the server passed it on; undefined where it passed it on to none. */
function otherReplicas(killed: Killed): string | undefined {
  if (!('peers' in killed) || killed.peers.length === 0) return undefined;
  return killed.peers.map(({ peer, keptIn: where, problem }) => `${peer}: ${problem ?? `kept in the ${where}`}`).join('; ');
}

/** @throws SluiceError `invalid` on a file, where the kill does that by itself */
async function breakGlass(session: Session, asked: Given, tokenFile: string): Promise<AnswerOf<'breakGlass.kill'>> {
  const { settings, terminal, scope } = session;
  if (settings.url === null) throw new SluiceError('invalid', '--break-glass is for a server: with --file a kill needs none');
  const token = (await session.read(tokenFile)).trim();
  // Any other text would be no header, and the server would seem to be away.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new SluiceError(
      'invalid',
      `--break-glass must name the file of a break-glass token, which is one word; ${tokenFile} has other text`,
    );
  const actor = terminal.variables.SLUICE_ACTOR || terminal.variables.USER || 'local';
  const input = { ...scope, flag: asked.arg('flag'), reason: asked.text('reason') ?? 'sluice kill', actor };
  return createClient({ url: settings.url, token }).breakGlass.kill(input);
}
