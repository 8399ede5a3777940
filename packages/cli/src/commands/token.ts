/** Tokens of SDKs. Personal ones are made and taken back by people who are logged in: `sluice login`, and the page. */
import type { AnswerOf } from '@sluice/client';
import { SluiceError } from '@sluice/core';
import { z } from 'zod';
import { answerOf } from '../answer-schema.ts';
import { type Command, command } from '../command.ts';
import { given } from '../option.ts';
import { Painted, pairs, when } from '../paint.ts';
import { REASON, reasonOf } from '../shared-options.ts';
import { table } from '../table.ts';

type Created = AnswerOf<'tokens.create'>;
type Tokens = AnswerOf<'tokens.list'>;

const create = command<Created>({
  name: 'token create',
  summary: 'Makes a token of an SDK in the environment. The secret is told once.',
  args: [{ name: 'label', says: 'what it is for' }],
  options: [
    { form: '--kind <kind>', says: 'server (unless given), or client: anybody may read it' },
    { form: '--expires <instant>', says: 'when it ends, as 2027-06-30T00:00:00Z' },
    REASON,
  ],
  examples: ['token create checkout-backend --environment production'],
  answer: answerOf('tokens.create'),
  run: async (session, asked) => {
    const kind = asked.text('kind') ?? 'server';
    const { project, environment } = session.scope;
    const common = { label: asked.arg('label'), ...given({ expiresAt: asked.text('expires') }), ...reasonOf(asked) };
    if (kind !== 'server' && kind !== 'client')
      throw new SluiceError(
        'invalid',
        `--kind must be server or client (sluice login makes personal ones); it is ${JSON.stringify(kind)}`,
      );
    return { answer: await session.call('tokens.create', { project, kind, boundTo: environment, ...common }) };
  },
  show: ({ token, secret }, paint) =>
    pairs(
      { id: token.id, kind: token.kind, for: token.label, ends: when(token.expiresAt) || 'never', secret: new Painted(secret) },
      paint,
    ),
});

const list = command<Tokens>({
  name: 'token list',
  summary: 'Tokens of the project, the newest first, without their secrets.',
  examples: ['token list'],
  answer: answerOf('tokens.list'),
  run: async (session) => ({ answer: await session.call('tokens.list', { project: session.scope.project }) }),
  show: ({ tokens }, paint) => {
    if (tokens.length === 0) return 'There are no tokens. Make one: sluice token create <label>';
    const rows = tokens.map(({ id, kind, label, boundTo, createdBy, createdAt, expiresAt, revokedAt }) => [
      id,
      kind,
      label,
      boundTo?.environment ?? '',
      `${when(createdAt)} by ${createdBy}`,
      revokedAt === null ? when(expiresAt) || 'never' : new Painted(paint.bad(`revoked ${when(revokedAt)}`)),
    ]);
    return table(['ID', 'KIND', 'FOR', 'ENVIRONMENT', 'MADE', 'ENDS'], rows, paint);
  },
});

const revoked = z.object({ id: z.string(), revoked: z.literal(true) });
const revoke = command<z.infer<typeof revoked>>({
  name: 'token revoke',
  summary: 'Refuses a token from now on, and ends the streams that it has open.',
  args: [{ name: 'id', says: 'as sluice token list tells it' }],
  options: [REASON],
  examples: ['token revoke tok_4f2a --reason "it was in a log"'],
  answer: revoked,
  run: async (session, asked) => {
    const id = asked.arg('id');
    await session.confirm(`Whoever uses token ${id} is refused from now on`);
    await session.call('tokens.revoke', { project: session.scope.project, id, ...reasonOf(asked) });
    return { answer: { id, revoked: true } };
  },
  show: ({ id }) => `Token ${id} is refused from now on.`,
});

export const TOKEN_COMMANDS: readonly Command[] = [create, list, revoke];
