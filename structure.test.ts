/** The architecture, executable: what holds the house up fails here when somebody moves it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { satisfies } from 'semver';
import { describe, expect, it } from 'vitest';
import { APART, LONGEST } from './test-order.ts';

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
    'zod',
    'react',
    'react-dom',
    'react-markdown',
    'react-router',
    'rehype-slug',
    'remark-gfm',
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
    'zod',
  ],
  '@sluice/server': [
    'sluice',
    '@sluice/protocol',
    '@sluice/core',
    'fastify',
    '@fastify/cors',
    '@fastify/proxy-addr',
    '@fastify/static',
    '@node-rs/argon2',
    'helmet',
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
    'wrap-ansi',
    'yaml',
  ],
};
const FOLDERS = ['packages', 'examples', 'conformance', 'journeys', 'bench', 'docs'];
/** What is built and packed, as `.gitignore` has it. */
const MADE = /(^|\/)(node_modules|dist|packages\/server\/(page|bundle[^/]*))$/;
const MAX_FILE_LINES = 250;
const MAX_FUNCTION_LINES = 40;
/** What a view shows stands line by line. */
const MAX_VIEW_LINES = 60;

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return MADE.test(path) ? [] : filesBelow(path);
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

/** The functions of a file that are too long, by the indentation that the formatter guarantees: from its opening line to its closing brace. */
function longFunctions(file: string): string[] {
  const most = file.endsWith('.tsx') ? MAX_VIEW_LINES : MAX_FUNCTION_LINES;
  const lines = textOf(file).split('\n');
  return lines.flatMap((line, start) => {
    const { indent = '', name = '' } = (FUNCTION.exec(line) ?? METHOD.exec(line) ?? ARROW.exec(line))?.groups ?? {};
    if (line.endsWith('(') && !opensBody(lines.slice(start), indent)) return [];
    // A suite is made of tests, as a block of them is.
    if (name === '' || NO_FUNCTIONS.includes(name) || name.endsWith('Suite')) return [];
    const end = lines.findIndex((other, index) => index > start && END.exec(other)?.groups?.indent === indent);
    return end - start - 1 > most ? [`${file}: ${name} has ${end - start - 1}`] : [];
  });
}

/** Whether parameters of a line each end in a body, and are not those of a call. */
function opensBody(lines: readonly string[], indent: string): boolean {
  const closing = lines.find((line) => line.startsWith(`${indent})`)) ?? '';
  return /^ *\)(?:: .*)? \{$/.test(closing);
}

const FUNCTION = /^(?<indent> *)(?:export )?(?:async )?function\*? (?<name>\w+)/;
const METHOD = /^(?<indent> +)(?:(?:static|async|get|set|override) |\*)*(?<name>#?\w+)(?:<.*>)?\((?:.*\).*\{)?$/;
const ARROW = /^(?<indent> *)(?:export )?const (?<name>\w+)\b(?!.*\(\(\) =>).*=> \{$/;
/** A brace that closes parameters goes on in its line. */
const END = /^(?<indent> *)\}[;,)]*$/;
const NO_FUNCTIONS = ['if', 'for', 'while', 'switch', 'catch', 'describe', 'it'];

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

  it(`keeps files within ${MAX_FILE_LINES} lines and functions within ${MAX_FUNCTION_LINES}, views within ${MAX_VIEW_LINES}`, () => {
    expect(
      files
        .map((file) => `${file}: ${textOf(file).split('\n').length - 1}`)
        .filter((row) => Number(row.split(': ')[1]) > MAX_FILE_LINES),
    ).toEqual([]);
    expect(files.flatMap(longFunctions)).toEqual([]);
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

  it('gives a process of its own to each test file that changes or counts what its process has, and to no other', () => {
    const own =
      /\bvi\.(mock|doMock|stubEnv|stubGlobal)\(|\bprocess\.(chdir|memoryUsage|getActiveResourcesInfo)\(|\bprocess\.env\.\w+ = |\bglobalThis\.\w+ = /;
    expect(files.filter((file) => file.endsWith('.test.ts') && own.test(textOf(file))).sort()).toEqual([...APART].sort());
    // A provider that is closed is that of all clients still, also of those of the next test file.
    expect(files.filter((file) => file.endsWith('.test.ts') && /\bOpenFeature\.close\(/.test(textOf(file)))).toEqual([]);
    // Loaded once for several test files: only the first would have it.
    const once = /^(beforeAll|beforeEach|afterAll|afterEach|describe|it)\(/m;
    expect(files.filter((file) => !file.endsWith('.test.ts') && once.test(textOf(file)))).toEqual([]);
    expect(LONGEST.filter((file) => !files.includes(file))).toEqual([]);
  });

  it('installs nothing that wants a newer Node than it promises', () => {
    const { engines } = JSON.parse(textOf('package.json')) as { engines: { node: string } };
    const oldest = engines.node.replace('>=', '');
    const { packages } = JSON.parse(textOf('package-lock.json')) as {
      packages: Record<string, { engines?: { node?: string } }>;
    };
    const newer = Object.entries(packages).filter(([, { engines }]) => !satisfies(`${oldest}.0`, engines?.node ?? '*'));
    expect(newer.map(([path, { engines }]) => `${path} wants ${engines?.node}`)).toEqual([]);
  });
});
