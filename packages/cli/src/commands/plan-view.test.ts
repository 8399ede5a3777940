/** What people are told of a plan in which something is odd. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Served, served } from '../at.testing.ts';

let at: Served;
beforeEach(async () => {
  at = await served();
  await mkdir(join(at.folder, 'config/deployment'), { recursive: true });
});
afterEach(() => at.close());
const write = (text: string): Promise<void> => writeFile(join(at.folder, 'config/deployment/rollout_plan.yaml'), text);

it('a plan that names nothing is good, and says so where nothing is to be done', async () => {
  await write('version: 1\nflags: []\n');
  expect((await at.run('plan check')).out).toBe('config/deployment/rollout_plan.yaml is good\n');
  for (const line of ['plan diff', 'plan apply'])
    expect((await at.run(line)).out).toBe('The plan names no segment, flag or notification.\n');
});

it('a plan of which a part fails does not read as one that was applied, and is no other when it is applied again', async () => {
  // A name that no path of the server can have.
  await write('version: 1\nflags: [{ name: fine }, { name: .. }]\n');
  for (const step of ['\\+ flag fine create', '= flag fine is so']) {
    const { exit, out } = await at.run('plan apply');
    expect([exit, out]).toEqual([
      2,
      expect.stringMatching(new RegExp(`^${step}\n✗ flag \\.\\. failed: .*\n\n1 of it failed, and the rest stands`)),
    ]);
  }
});

it('names are what they are, on the way there and back', async () => {
  const names = [
    'naïve ß',
    '日本語',
    '🚀',
    'a/b',
    'a%2Fb',
    'x?y#z',
    '__proto__',
    'constructor',
    '"quoted"',
    '--json',
    'null',
    '1e3',
    'e\u0301',
    '\u00e9',
    '\u202Eabc',
  ];
  const listed = (all: readonly string[]): string =>
    all.map((name) => `  - { name: ${JSON.stringify(name)}, tags: [t] }\n`).join('');
  const edits = '[{ at: 2027-03-01T08:00:00Z, description: später }]';
  await write(
    `version: 1\nsegments:\n${listed(names)}flags:\n${listed(names).replaceAll('tags: [t]', `conditions: { in_segment: 日本語 }, schedule: ${edits}`)}`,
  );
  expect((await at.run('plan apply')).exit).toBe(0);
  expect((await at.run('plan diff')).out).toMatch(/\n45 as they should be\n$/);
  const { members } = await at.client.flags.list({ project: 'shop', environment: 'production' });
  expect(members.map(({ name }) => name).sort()).toEqual([...names].sort());
});
