import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.startsWith('api'))
    .map((name) => join('docs', name)),
];
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
const prose = (text: string): string => text.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, 'code');

/** As those who show Markdown name headings. */
function anchorsOf(page: string): Set<string> {
  const headings = [
    ...textOf(page)
      .replaceAll(/^```.*?^```/gms, '')
      .matchAll(/^#+ (.+)$/gm),
  ].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

function broken(page: string): string[] {
  const targets = [...prose(textOf(page)).matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map(
    ([, link, image]) => link ?? image ?? '',
  );
  return targets
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : relative(root, resolve(root, dirname(page), path));
      if (!existsSync(join(root, file))) return true;
      return anchor !== undefined && statSync(join(root, file)).isFile() && !anchorsOf(file).has(anchor);
    })
    .map((target) => `${page}: ${target}`);
}

it('lead somewhere, in every page', () => {
  expect(pages.length).toBeGreaterThan(50);
  expect(pages.flatMap(broken)).toEqual([]);
});

it('lead from the README to every guide and reference', () => {
  const readme = textOf('README.md');
  const unnamed = pages.filter((page) => /^docs\/(guides|reference)\//.test(page) || /^docs\/[\w-]+\.md$/.test(page));
  expect(unnamed.filter((page) => !readme.includes(`(${page})`))).toEqual([]);
});
