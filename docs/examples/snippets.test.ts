import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const docs = join(import.meta.dirname, '..');
const plain = (text: string): string => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(indent)).join('\n');
};

const regions = readdirSync(import.meta.dirname)
  .filter((name) => /\.(ts|mjs)$/.test(name))
  .flatMap((name) => [
    ...readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(/\/\/ #region [\w-]+\n(.*?)\n\s*\/\/ #endregion/gs),
  ])
  .map((match) => plain(match[1] ?? ''));

const pages = [
  '../README.md',
  '../DEPLOYMENT_GUIDE.md',
  'statistics.md',
  ...readdirSync(join(docs, 'guides')).map((name) => `guides/${name}`),
];
const snippets = pages.flatMap((page) =>
  [...readFileSync(join(docs, page), 'utf8').matchAll(/```(?:ts|js)\n(.*?)```/gs)].map((match) => ({
    page,
    code: plain(match[1] ?? ''),
  })),
);

it(`runs every one of the ${snippets.length} snippets of the guides`, () => {
  expect(snippets.length).toBeGreaterThan(10);
  for (const { page, code } of snippets)
    expect(regions, `a snippet of ${page} stands in no region of docs/examples`).toContain(code);
});
