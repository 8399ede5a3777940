import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const FOLDERS = ['classes', 'functions', 'interfaces', 'types', 'variables'];
const REFERENCES = [
  { published: 'sluice', barrel: 'packages/engine/src/index.ts', pages: 'docs/api', linkedFrom: ['README.md'] },
  {
    published: '@sluice/core/statistics',
    barrel: 'packages/core/src/statistics/methods.ts',
    pages: 'docs/api/statistics',
    linkedFrom: ['README.md', 'docs/statistics.md'],
  },
] as const;

/** Types included. */
function exportedNames(barrel: string): string[] {
  const index = readFileSync(join(root, barrel), 'utf8');
  const lists = [...index.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) => list.split(','));
  return lists.map((name) => name.replace(/^\s*(?:type\s+)?/, '').trim()).filter((name) => name !== '');
}

it.each(REFERENCES)(
  'the reference of $published has a page for every name that is exported, and for no other: `npm run docs:api` writes it',
  ({ barrel, pages }) => {
    const folders = FOLDERS.map((folder) => join(root, pages, folder)).filter((folder) => existsSync(folder));
    const documented = folders.flatMap((folder) => readdirSync(folder)).map((page) => page.replace(/\.md$/, ''));
    expect([...new Set(documented)].sort()).toEqual(exportedNames(barrel).sort());
  },
);

it.each(REFERENCES)('the reference of $published is found from the pages that name it', ({ pages, linkedFrom }) => {
  for (const page of linkedFrom) {
    const from = page.startsWith('docs/') ? pages.replace(/^docs\//, '') : pages;
    expect(readFileSync(join(root, page), 'utf8'), page).toContain(`](${from}/README.md)`);
  }
});
