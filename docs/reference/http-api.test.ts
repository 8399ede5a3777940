import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IDEMPOTENCY_KEY, MAX_PAGE, PROBLEM_TYPE } from '@sluice/protocol';
import { expect, it } from 'vitest';
import { httpReference } from './http-api.testing.ts';

const page = join(import.meta.dirname, 'http-api.md');
/** What is written by hand stands before the first table. */
const intro = readFileSync(page, 'utf8').split('\n| `code` |')[0] ?? '';

it('is the route table (npx vitest run docs/reference -u writes it)', async () => {
  await expect(`${httpReference(intro)}\n`.replace(/\n{2,}$/, '\n')).toMatchFileSnapshot(page);
});

it('says before the table what the code says', () => {
  expect(intro).toContain(`at most ${MAX_PAGE}`);
  expect(intro).toContain(PROBLEM_TYPE);
  expect(intro.toLowerCase()).toContain(IDEMPOTENCY_KEY);
});
