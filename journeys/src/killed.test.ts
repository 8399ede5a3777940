import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice } from 'sluice';
import { expect, it } from 'vitest';

const ROUNDS = process.env.SLUICE_SOAK === '1' ? 200 : 20;
const WRITER = join(import.meta.dirname, 'writer.mjs');

interface Acknowledged {
  readonly flags: Map<string, string>;
  readonly stage: number;
}

/** Lets a writer live for `ms` after its first acknowledgement, kills it, and answers all that it had acknowledged. */
async function live(file: string, life: number, ms: number): Promise<Acknowledged> {
  const child = spawn(process.execPath, [WRITER, file, String(life)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, failed] = ['', ''];
  let isDying = false;
  child.stderr.on('data', (chunk: Buffer) => {
    failed += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (isDying || !said.includes('"name"')) return;
    isDying = true;
    setTimeout(() => child.kill('SIGKILL'), ms);
  });
  const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
  expect(failed, `life ${life}`).toBe('');
  expect(signal, `life ${life}`).toBe('SIGKILL');
  const lines = said
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { name?: string; description?: string; stage?: number | null });
  const flags = new Map(
    lines.flatMap(({ name, description }) =>
      name === undefined || description === undefined ? [] : [[name, description] as const],
    ),
  );
  return { flags, stage: Math.max(-1, ...lines.map(({ stage }) => stage ?? -1)) };
}

/** The description that `flag` must have at least: acknowledged ones are never older than kept ones of the same life. */
function isKept(kept: string | undefined, acknowledged: string): boolean {
  const [keptLife = 0, keptWrite = 0] = (kept ?? '').split('/').map(Number);
  const [life = 0, write = 0] = acknowledged.split('/').map(Number);
  return keptLife > life || (keptLife === life && keptWrite >= write);
}

it(
  `loses no acknowledged write and no stage over ${ROUNDS} kills at random`,
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-'));
    const file = join(directory, 'feature_flags.json');
    const acknowledged = new Map<string, string>();
    let stage = -1;
    let random = 20261123;
    for (let life = 1; life <= ROUNDS; life++) {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      const last = await live(file, life, random % 250);
      for (const [name, description] of last.flags) acknowledged.set(name, description);
      stage = Math.max(stage, last.stage);
      JSON.parse(readFileSync(file, 'utf8'));
      const sluice = createSluice({ file });
      for (const [name, description] of acknowledged) {
        const kept = sluice.flags.getFlag(name)?.description;
        expect(isKept(kept, description), `life ${life}: ${name} is ${kept} and ${description} was acknowledged`).toBe(true);
      }
      const status = sluice.rollouts.getRolloutStatus('moving');
      expect(status?.stage, `life ${life}`).toBeGreaterThanOrEqual(stage);
      expect(sluice.flags.getFlag('moving')?.servedPercentage, `life ${life}`).toBe(status?.currentPercentage);
      await sluice.close();
      const log = await events(file);
      expect(log, `life ${life}`).toEqual(log.map((_, index) => index + 1));
    }
    expect(acknowledged.size).toBe(7);
    expect(stage).toBeGreaterThan(0);
    await rm(directory, { recursive: true });
  },
  ROUNDS * 15_000,
);

async function events(file: string): Promise<number[]> {
  const sluice = createSluice({ file });
  const { store, view } = sluice.flags.runtime;
  const seqs: number[] = [];
  for (;;) {
    const page = await store.log({ scope: view.scope, after: seqs.at(-1) ?? 0, limit: 1000 });
    if (page.length === 0) break;
    seqs.push(...page.map((event) => event.seq));
  }
  await sluice.close();
  return seqs;
}
