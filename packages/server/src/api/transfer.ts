/** Everything out, and in again. */
import { type HandlersOf, wire } from './handler.ts';
import { within } from './within.ts';

export const TRANSFER_HANDLERS: HandlersOf<'transfer'> = {
  'transfer.export': async ({ sluice }) => wire(await sluice.export()),
  'transfer.import': async ({ sluice, body, by }) => {
    const { document, reason, onExisting, force, dryRun } = body;
    const options = {
      ...by,
      reason,
      ...(onExisting === undefined ? {} : { onExisting }),
      ...(force === undefined ? {} : { force }),
      ...(dryRun === undefined ? {} : { dryRun }),
    };
    return wire(await within('/document', () => sluice.import(document, options)));
  },
};
