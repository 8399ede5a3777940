/** The lines of the guides, run one after another as they stand. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { onFile, type Ran, words } from './at.testing.ts';

const guides = join(import.meta.dirname, '../../../docs/guides');
const PHRASE = 'at least twelve characters';

interface Line {
  readonly args: readonly string[];
  readonly exit: number;
  readonly isServing: boolean;
}

async function linesOf(guide: string): Promise<Line[]> {
  const text = (await readFile(join(guides, guide), 'utf8')).replaceAll('npx sluice ', 'sluice ');
  const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) => block.split('\n'));
  return blocks
    .filter((line) => line.startsWith('sluice '))
    .map((line) => {
      const [called = '', comment = ''] = line.split(/ +# /);
      const isServing = called.endsWith('&');
      const args = words(called.replace(/^sluice |&$/g, '').trim());
      return { args, exit: Number(/exit (\d+)/.exec(comment)?.[1] ?? 0), isServing };
    });
}

it.each([
  ['cli.md', 38],
  ['first-canary.md', 6],
  ['migrating.md', 7],
  ['../../DEPLOYMENT_GUIDE.md', 35],
])('of %s work as they stand, on a server that they start', async (guide, least) => {
  const at = await onFile();
  await mkdir(join(at.folder, 'config'));
  const ending = new AbortController();
  const variables: Record<string, string> = { SLUICE_FILE: '', SLUICE_LOG_LEVEL: 'warn' };
  let told = '';
  let serving: Promise<Ran> | null = null;
  const lines = await linesOf(guide);
  expect(lines.length).toBeGreaterThanOrEqual(least);
  for (const { args, exit, isServing } of lines) {
    // At a port of its own, because another server may have that of the guide.
    const here = args.map((arg) => (arg === '4400' ? '0' : arg.replace(/^\.\/data/, join(at.folder, 'data'))));
    if (isServing) {
      await new Promise<void>((resolve, reject) => {
        const onText = (text: string): void => {
          told += text;
          if (/serves at/.test(told)) resolve();
        };
        serving = at.run(here, { variables, ended: ending.signal, onText });
        serving.then(({ err }) => reject(new Error(err)), reject);
      });
      variables.SLUICE_URL = /serves at (\S+)/.exec(told)?.[1] ?? '';
      continue;
    }
    const meant = here.map((arg) => (arg === '<secret>' ? (/setup#([\w-]+)"/.exec(told)?.[1] ?? '') : arg));
    const ran = await at.run(meant, { variables, input: PHRASE });
    expect([args.join(' '), ran.exit, ran.err]).toEqual([args.join(' '), exit, expect.any(String)]);
  }
  ending.abort();
  await serving;
  await at.close();
});

it.each([
  ['plans.md', 6],
  ['../../README.md', 3],
])('of %s work as they stand', async (page, count) => {
  const at = await onFile();
  const lines = await linesOf(page);
  expect(lines.length).toBe(count);
  for (const { args, exit } of lines) {
    const ran = await at.run(args, { variables: { SLUICE_FILE: '' } });
    expect([args.join(' '), ran.exit]).toEqual([args.join(' '), exit]);
  }
  await at.close();
});

it('of the example for GitHub Actions are commands that there are', async () => {
  const text = await readFile(join(guides, '../examples/github-actions/plan.yaml'), 'utf8');
  const { jobs } = parse(text) as { jobs: Record<string, { steps: { run?: string }[] }> };
  const runs = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => (run?.startsWith('sluice ') ? [run] : [])));
  expect(runs).toHaveLength(3);
  const at = await onFile();
  for (const run of runs) {
    const [called = ''] = run.split(' || ');
    expect([run, (await at.run([...words(called).slice(1), '--help'])).exit]).toEqual([run, 0]);
  }
  await at.close();
});
