import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { createSluice } from '../sluice.ts';
import { memoryStore } from '../store/memory-store.ts';

it('says at once what would be found out in the emergency', () => {
  const made = (breakGlass: object) => () => createSluice({ store: memoryStore(), breakGlass });
  expect(made({ deadline: 500 })).toThrow('/deadline is not an option of breakGlass; there are file, deadlineMs');
  expect(made({ deadlineMs: 0 })).toThrow('deadlineMs must be above 0 milliseconds; it is 0');
  expect(made({ file: '' })).toThrow('breakGlass.file must be the path of a file; it is ""');
  expect(made({ file: tmpdir() })).toThrow('is a directory');
});
