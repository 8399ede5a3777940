import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { onFile, type Place, runIn } from '../at.testing.ts';
import { declarationOf } from '../declaration.ts';

const root = join(import.meta.dirname, '../../../..');
const flag = (name: string, variants: Readonly<Record<string, unknown>>, description = '') => ({
  name,
  variants,
  description,
  isArchived: false,
});

describe('the declaration of flags', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(import.meta.dirname, 'generated-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** What the compiler says of a program that has these flags; '' is nothing. */
  async function compiled(program: string): Promise<string> {
    const flags = [
      flag('checkout', { off: false, on: true }, 'The new checkout */ of the shop'),
      flag('search engine', { bm25: 'bm25', "vec'tor": "vec'tor" }),
      flag('greeting', { off: 'hello', on: 'welcome' }),
      flag('limits', { off: { perMinute: 10, names: ['a'] }, on: { perMinute: 20, names: [] } }),
    ];
    await writeFile(join(folder, 'flags.ts'), declarationOf(flags, 'Flags'));
    await writeFile(
      join(folder, 'program.ts'),
      `import { createSluice, memoryStore } from 'sluice';\nimport type { Flags } from './flags.ts';\nconst { flags } = createSluice<Flags>({ store: memoryStore() });\n${program}\n`,
    );
    const options = {
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: {
        types: ['node'],
        noEmit: true,
        composite: false,
        declaration: false,
        declarationMap: false,
        rewriteRelativeImportExtensions: false,
        allowImportingTsExtensions: true,
      },
      include: ['*.ts'],
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const run = promisify(execFile)(process.execPath, [tsc, '-p', folder]);
    return run.then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
  }

  it('compiles with the flags that there are and values of their types', async () => {
    const good = `flags.isEnabled('checkout', { userId: 'ann' });
const engine: 'bm25' | "vec'tor" = flags.evaluate('search engine', { userId: 'ann' }, 'bm25').value;
const perMinute: number = flags.evaluate('limits', {}, { perMinute: 1, names: [] }).value.perMinute;
const greeting: string = flags.evaluate('greeting', {}, 'hi').value;
const variant: 'bm25' | "vec'tor" | null = flags.getVariant('search engine', {});
export { engine, greeting, perMinute, variant };`;
    expect(await compiled(good)).toBe('');
  });

  it.each([
    ['a flag that there is not', `flags.isEnabled('chekout');`, /TS2345.*chekout/],
    ['a fallback of another type', `flags.evaluate('checkout', {}, 'no');`, /TS2345/],
    [
      'a value that no variant has',
      `export const isNew = flags.evaluate('search engine', {}, 'bm25').value === 'elastic';`,
      /TS2367/,
    ],
    [
      'a value as another type',
      `export const limit: string = flags.evaluate('limits', {}, { perMinute: 1, names: [] }).value.perMinute;`,
      /TS2322/,
    ],
  ])('does not compile with %s', async (_name, program, error) => {
    expect(await compiled(program)).toMatch(error);
  });
});

describe('sluice generate types and sluice init', () => {
  let at: Place & { close(): Promise<void> };
  beforeEach(async () => {
    at = await onFile();
  });
  afterEach(() => at.close());

  it('write what is kept, without archived flags', async () => {
    await at.run('flag create checkout --description "the new one"');
    await at.run('flag create gone');
    await at.run('flag archive gone --yes');
    const told = await at.run('generate types flags.ts --name Switches');
    expect([told.exit, told.out]).toEqual([0, 'flags.ts: 1 flag\n']);
    const text = await readFile(join(at.folder, 'flags.ts'), 'utf8');
    expect(text).toContain(`export interface Switches {\n  /** the new one */\n  readonly checkout: boolean;\n}`);
    expect(text).toContain(`readonly checkout: 'off' | 'on';`);
    expect((await at.run('generate types')).out).toContain('export interface Flags');
    expect((await at.run('generate types --json')).json).toMatchObject({ flags: ['checkout'], path: null });
    expect((await at.run('generate types --name flags')).exit).toBe(2);
    expect((await at.run('generate types src/made/flags.ts')).exit).toBe(0);
    expect((await at.run('generate types flags.ts/below.ts')).exit).toBe(5);
  });

  it('say where nothing can be written, also below a folder that takes none', async () => {
    await at.run('flag create checkout');
    const types = await at.run('generate types /proc/none/none/flags.ts');
    expect([types.exit, types.err]).toEqual([5, expect.stringMatching(/\/proc\/none\/none\/flags\.ts cannot be written: /)]);
    const begun = await runIn('/proc/none', {}, 'init');
    expect([begun.exit, begun.err]).toEqual([5, expect.stringMatching(/cannot be written: /)]);
  });

  it('begin a repository whose first plan is good, and overwrite nothing', async () => {
    const variables = { SLUICE_FILE: '' };
    const begun = await at.run('init --json', { variables });
    const files = ['sluice.json', 'config/deployment/rollout_plan.yaml', 'config/deployment/rollout_plan.schema.json'];
    expect(begun.json).toEqual({ written: files, kept: [] });
    const [schemaOf] = (await readFile(join(at.folder, files[1] ?? ''), 'utf8')).split('\n');
    const named = schemaOf?.replace('# yaml-language-server: $schema=', '') ?? '';
    const schema = JSON.parse(await readFile(resolve(at.folder, 'config/deployment', named), 'utf8')) as object;
    const plan = parse(await readFile(join(at.folder, files[1] ?? ''), 'utf8')) as object;
    expect(new Ajv({ strict: false }).validate(schema, plan)).toBe(true);
    expect(new Ajv({ strict: false }).validate(schema, { ...plan, flgs: [] })).toBe(false);
    expect((await at.run('plan check --replicates 0', { variables })).exit).toBe(0);
    expect((await at.run('plan apply', { variables })).exit).toBe(0);
    expect(await readFile(join(at.folder, 'config/feature_flags.json'), 'utf8')).toContain('new_feature');
    const again = await at.run('init --url http://localhost:4400', { variables });
    expect([again.exit, again.out]).toEqual([0, expect.stringMatching(/was there +sluice.json\n.*was there/)]);
    expect(await readFile(join(at.folder, 'sluice.json'), 'utf8')).toContain('feature_flags.json');
    await writeFile(join(at.folder, files[2] ?? ''), '{"of": "an older command"}');
    const renewed = await at.run('init --json', { variables });
    expect(renewed.json).toEqual({ written: [files[2]], kept: files.slice(0, 2) });
  });
});
