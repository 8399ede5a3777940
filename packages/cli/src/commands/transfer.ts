/** Everything out, and in again. */
import type { AnswerOf } from '@sluice/client';
import { type OnExisting, type SluiceDocument, SluiceError } from '@sluice/core';
import { answerOf } from '../answer-schema.ts';
import { type Command, command } from '../command.ts';
import { given } from '../option.ts';
import { Painted } from '../paint.ts';
import { NEEDED_REASON } from '../shared-options.ts';
import { table } from '../table.ts';

const take = command<AnswerOf<'transfer.import'>>({
  name: 'import',
  summary: 'Takes a document in, whole or not at all. Nothing starts by it.',
  args: [{ name: 'document', says: 'what sluice export wrote; - is standard input' }],
  options: [
    NEEDED_REASON,
    { form: '--on-existing <how>', says: 'refuse (unless given), merge or replace what differs' },
    { form: '--force', says: 'replace also where flags would be archived by it' },
    { form: '--dry-run', says: 'only say what would be done' },
  ],
  examples: ['import flags.json --reason "from staging" --dry-run'],
  answer: answerOf('transfer.import'),
  makesFile: true,
  run: async (session, asked) => {
    const path = asked.arg('document');
    const document = documentIn(await session.read(path), path);
    const isDry = asked.has('dryRun');
    const how = given({ onExisting: asked.text('onExisting') as OnExisting | undefined });
    const more = { ...how, ...(asked.has('force') ? { force: true } : {}) };
    const input = { ...session.scope, document, reason: asked.text('reason') ?? '', ...more };
    if (isDry) return { answer: await session.call('transfer.import', { ...input, dryRun: true }) };
    const where = session.settings.file ?? `${session.scope.project}/${session.scope.environment}`;
    await session.confirm(`The document is imported into ${where}, where it may reach everybody`);
    return { answer: await session.call('transfer.import', input) };
  },
  show: ({ entries, changed }, paint) => {
    const rows = entries.map(({ kind, key, outcome, message }) => {
      const colour = ['refused', 'invalid', 'archive'].includes(outcome) ? paint.bad : paint.good;
      return [kind, key, new Painted(outcome === 'unchanged' ? paint.dim(outcome) : colour(outcome)), message];
    });
    return `${table(['KIND', 'KEY', 'BECOMES', 'BECAUSE'], rows, paint)}\n\n${changed ? 'Imported.' : 'Nothing was changed.'}`;
  },
});

/** @throws SluiceError `invalid` */
function documentIn(text: string, path: string): SluiceDocument {
  try {
    return JSON.parse(text) as SluiceDocument;
  } catch (error) {
    throw new SluiceError('invalid', `${path} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

const give = command<AnswerOf<'transfer.export'>>({
  name: 'export',
  summary: 'Everything of the environment or file as one JSON document, which import takes.',
  args: [{ name: 'path', says: 'where it is written; standard output unless given', isOptional: true }],
  examples: ['export flags.json'],
  answer: answerOf('transfer.export'),
  run: async (session, asked) => {
    const document = await session.call('transfer.export', session.scope);
    const path = asked.optionalArg('path');
    if (path === undefined) return { answer: document };
    await session.write(path, `${JSON.stringify(document, null, 2)}\n`);
    if (!session.isJson) session.remark(`${document.flags.length} flags with all that belongs to them: ${path}`);
    return { answer: session.isJson ? document : undefined };
  },
  show: (document) => JSON.stringify(document, null, 2),
});

export const TRANSFER_COMMANDS: readonly Command[] = [take, give];
