/** The architecture, executable: what holds the house up fails here when somebody moves it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = import.meta.dirname;
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  '@sluice/core': ['re2js', 'semver', 'ipaddr.js'],
  sluice: ['@sluice/core', 'jsonc-parser', 'proper-lockfile', 'kysely', 'better-sqlite3', 'pg'],
  '@sluice/protocol': ['@sluice/core', 'zod'],
  '@sluice/client': ['@sluice/core', '@sluice/protocol'],
  '@sluice/openfeature': ['@sluice/core', '@sluice/client', '@openfeature/server-sdk', '@openfeature/web-sdk'],
  '@sluice/dashboard': [
    '@sluice/client',
    '@sluice/core',
    'react',
    'react-dom',
    'react-router',
    '@tanstack/react-query',
    '@tanstack/react-virtual',
    '@mantine/core',
    '@mantine/hooks',
    '@mantine/notifications',
    '@mantine/spotlight',
    '@tabler/icons-react',
    '@fontsource-variable/inter',
    'get-nonce',
    'uplot',
  ],
  '@sluice/server': [
    'sluice',
    '@sluice/protocol',
    '@sluice/core',
    'fastify',
    '@fastify/cors',
    '@fastify/helmet',
    '@fastify/rate-limit',
    '@fastify/static',
    '@node-rs/argon2',
    'pino',
    'prom-client',
    'ipaddr.js',
    'standardwebhooks',
  ],
  // `serve` imports @sluice/server dynamically, the one exception.
  '@sluice/cli': [
    'sluice',
    '@sluice/client',
    '@sluice/core',
    'zod',
    'commander',
    'cli-table3',
    'picocolors',
    'log-update',
    'yaml',
  ],
};
const FOLDERS = ['packages', 'examples', 'conformance', 'journeys', 'bench', 'docs'];
const MAX_FILE_LINES = 250;
const MAX_FUNCTION_LINES = 40;

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : filesBelow(path);
    return /\.(tsx?|js|mjs)$/.test(entry.name) ? [path] : [];
  });
}

const files = FOLDERS.flatMap(filesBelow);
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const isTest = (file: string): boolean => /\.(test|testing)\.ts$/.test(file);
const specifiersOf = (file: string): string[] =>
  [...textOf(file).matchAll(/^(?:import|export)\b(?:[^'";]*?\bfrom)?\s*'([^']+)';?$/gm)].map((match) => match[1] ?? '');
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** The longest function of a file by the indentation that the formatter guarantees: from its opening line to its closing brace. */
function longestFunction(file: string): { name: string; lines: number } {
  let longest = { name: '', lines: 0 };
  const lines = textOf(file).split('\n');
  for (const [start, line] of lines.entries()) {
    const opening =
      /^( *)(?:export )?(?:async )?(?:function\*? (\w+)|(?:static |async |get |set |\*|#)*(#?\w+)(?:<.*>)?\(.*\).*)\{$|^( *)(?:export )?const (\w+)\b.*=> \{$/.exec(
        line,
      );
    const name = opening?.[2] ?? opening?.[3] ?? opening?.[5];
    if (name === undefined || ['if', 'for', 'while', 'switch', 'catch', 'describe', 'it'].includes(name)) continue;
    const indent = opening?.[1] ?? opening?.[4] ?? '';
    const end = lines.findIndex((other, index) => index > start && other.startsWith(`${indent}}`));
    if (end - start - 1 > longest.lines) longest = { name, lines: end - start - 1 };
  }
  return longest;
}

function circles(folder: string): string[] {
  const inside = files.filter((file) => file.startsWith(folder) && !isTest(file));
  const imports = new Map(
    inside.map((file) => [
      file,
      specifiersOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(root, resolve(root, dirname(file), name))),
    ]),
  );
  const found: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'open') found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (state.has(file)) return;
    state.set(file, 'open');
    for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of inside) visit(file, []);
  return found;
}

describe('the house', () => {
  it('lets each package import only what stands below it', () => {
    for (const folder of readdirSync(join(root, 'packages'))) {
      const { name } = JSON.parse(textOf(`packages/${folder}/package.json`)) as { name: string };
      const sources = files.filter((file) => file.startsWith(`packages/${folder}/src/`) && !isTest(file));
      const foreign = sources
        .flatMap(specifiersOf)
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'));
      expect(ARROWS[name], `${name} has no row in the arrow table`).toBeDefined();
      expect(
        foreign.map(packageOf).filter((used) => !ARROWS[name]?.includes(used)),
        name,
      ).toEqual([]);
    }
  });

  it('keeps clocks, randomness and the world out of core', () => {
    const impure = /\bDate\.now\b|new Date\(\)|Math\.random|\bprocess\.|['"]node:|\bcrypto\.|\bconsole\.|\bperformance\./;
    expect(files.filter((file) => file.startsWith('packages/core/src') && !isTest(file) && impure.test(textOf(file)))).toEqual(
      [],
    );
  });

  it(`keeps files within ${MAX_FILE_LINES} lines and functions within ${MAX_FUNCTION_LINES}`, () => {
    expect(
      files
        .map((file) => `${file}: ${textOf(file).split('\n').length - 1}`)
        .filter((row) => Number(row.split(': ')[1]) > MAX_FILE_LINES),
    ).toEqual([]);
    const long = files.map((file) => ({ file, ...longestFunction(file) })).filter(({ lines }) => lines > MAX_FUNCTION_LINES);
    expect(long).toEqual([]);
  });

  it('loads no database where nobody asked for one', () => {
    const loaded = new Set<string>();
    const visit = (file: string): void => {
      if (loaded.has(file)) return;
      loaded.add(file);
      for (const name of specifiersOf(file))
        if (name.startsWith('.')) visit(relative(root, resolve(root, dirname(file), name)));
        else loaded.add(name);
    };
    visit('packages/engine/src/index.ts');
    expect(loaded.size).toBeGreaterThan(100);
    expect(['kysely', 'better-sqlite3', 'pg'].filter((name) => loaded.has(name))).toEqual([]);
  });

  it('has one barrel per package and no folder or file that is a drawer', () => {
    expect(
      files.filter((file) => file.endsWith('/index.ts') && !/^(packages\/\w+|conformance)\/src\/index\.ts$/.test(file)),
    ).toEqual([]);
    expect(
      files.filter((file) => /(^|\/)(util|utils|helper|helpers|common|misc|types|constants)(\/|\.[jt]s$)/.test(file)),
    ).toEqual([]);
    expect(
      files.filter((file) => !isTest(file) && specifiersOf(file).some((name) => /^@?sluice(\/core)?\/(src|dist)\//.test(name))),
    ).toEqual([]);
  });

  it('has no import circle and silences no checker', () => {
    expect(['packages', 'examples', 'conformance'].flatMap(circles)).toEqual([]);
    const silenced = /@ts-(ignore|nocheck|expect-error)|biome-ignore|eslint-disable/;
    expect(files.filter((file) => !isTest(file) && silenced.test(textOf(file)))).toEqual([]);
  });
});
