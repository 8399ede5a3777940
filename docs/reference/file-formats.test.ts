import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createSluice, memoryStore } from 'sluice';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(import.meta.dirname, 'file-formats.md'), 'utf8');
const schemaAt = (path: string): object => JSON.parse(readFileSync(join(root, path), 'utf8')) as object;

/** The first example of this kind under this heading. */
function example(heading: string, kind: string): string {
  const [section = ''] = page.split(`## ${heading}\n`).slice(1);
  return new RegExp(`\`\`\`${kind}\n(.*?)\n\`\`\``, 's').exec(section)?.[1] ?? '';
}

function faults(schema: string, value: unknown): unknown {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
  return ajv.validate(schemaAt(schema), value) ? null : ajv.errors;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-formats-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('shows a flag file that is read, and that its schema takes', async () => {
  const text = example('Flag file', 'json');
  expect(faults('packages/engine/schema/feature-flags.schema.json', JSON.parse(text))).toBeNull();
  await writeFile(join(folder, 'flags.json'), text);
  const sluice = createSluice({ file: join(folder, 'flags.json') });
  expect(sluice.flags.getFlag('new_search')).toMatchObject({ servedPercentage: 10, enabledGroups: ['internal'] });
  await sluice.close();
});

it('shows a line of a journal whose checksum is right', () => {
  const line = example('Journal', 'text');
  const json = line.slice(9);
  expect(crc32(json).toString(16).padStart(8, '0')).toBe(line.slice(0, 8));
  expect(JSON.parse(json)).toMatchObject({ prev: '00000000', entry: { type: 'commit', seq: 1 } });
});

it('shows a plan that its schema takes', () => {
  expect(faults('packages/cli/schema/rollout-plan.schema.json', parse(example('Plan', 'yaml')))).toBeNull();
});

it('shows a flag of a transfer document as it is taken in', async () => {
  const store = createSluice({ store: memoryStore() });
  const empty = await store.export();
  const flag = JSON.parse(example('Transfer document', 'json')) as never;
  const { entries } = await store.import({ ...empty, flags: [flag] }, { reason: 'as on the page' });
  expect(entries).toMatchObject([{ outcome: 'create', key: 'new_search' }]);
  for (const name of Object.keys(empty)) expect(page).toContain(`"${name}"`);
});
