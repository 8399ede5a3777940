import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const FOLDERS = ['classes', 'functions', 'interfaces', 'types', 'variables'];

/** What `sluice` exports, types included. */
function exportedNames(): string[] {
  const index = readFileSync(join(root, 'packages', 'engine', 'src', 'index.ts'), 'utf8');
  const lists = [...index.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) => list.split(','));
  return lists.map((name) => name.replace(/^\s*(?:type\s+)?/, '').trim()).filter((name) => name !== '');
}

it('the API reference has a page for every name that is exported, and for no other: `npm run docs:api` writes it', () => {
  const pages = FOLDERS.flatMap((folder) => readdirSync(join(root, 'docs', 'api', folder)));
  const documented = pages.map((page) => page.replace(/\.md$/, ''));
  expect([...new Set(documented)].sort()).toEqual(exportedNames().sort());
});
