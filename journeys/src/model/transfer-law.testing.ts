/** What is exported can be imported where there is nothing yet. */
import { DEFAULT_SCOPE, parseDocument, planImport } from '@sluice/core';
import type { Sluice } from 'sluice';
import { demand } from './commit-laws.testing.ts';

export async function checkTransfer(sluice: Sluice, now: number): Promise<void> {
  const document: unknown = JSON.parse(JSON.stringify(await sluice.export()));
  const parsed = parseDocument(document, DEFAULT_SCOPE, now);
  if ('issues' in parsed) return demand(false, `an export cannot be read: ${JSON.stringify(parsed.issues)}`);
  const { change, entries } = planImport(parsed.records, [], 'refuse', { actor: 'ann', reason: 'the move' }, now);
  const refused = entries.filter(({ outcome }) => outcome === 'refused');
  demand(change !== null, `an export cannot be imported: ${JSON.stringify(refused)}`);
}
