/** Of the page as it was built: `npm test` builds it first. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const BUILT = join(import.meta.dirname, '../../dist/page');
const MOST_BYTES = 250_000;

it('loads at most 250 kB of script before it shows something, gzipped', async () => {
  const html = await readFile(join(BUILT, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, path = '']) => path);
  expect(scripts.length).toBeGreaterThan(0);
  const sizes = await Promise.all(scripts.map(async (path) => (await readFile(join(BUILT, `${path}.gz`))).length));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total, `${scripts.length} scripts`).toBeLessThanOrEqual(MOST_BYTES);
});
