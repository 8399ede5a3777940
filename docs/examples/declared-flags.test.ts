import { createSluice, memoryStore } from 'sluice';
import { expect, it } from 'vitest';

it('declares the flags of a program, as the guide says', async () => {
  // #region declared-flags
  interface Flags {
    new_ner_model: boolean;
    theme: 'light' | 'dark';
  }
  const { flags } = createSluice<Flags>({ store: memoryStore() });
  const isNew = flags.isEnabled('new_ner_model', { userId: 'ann' });
  const theme = flags.getVariant('theme', { userId: 'ann' }, 'light'); // 'light' | 'dark'
  // @ts-expect-error: the name is misspelt, and the program does not compile
  flags.isEnabled('new_ner_modle', { userId: 'ann' });
  // @ts-expect-error: the flag has no such value
  flags.evaluate('theme', { userId: 'ann' }, 'sepia');
  // #endregion
  expect([isNew, theme]).toEqual([false, 'light']);
});
