import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FactsFile } from './facts-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('facts', () => {
  const scope = { project: 'p', environment: 'e' };
  const batch = (instanceId: string, seq: number, unit: string) => ({
    instanceId,
    seq,
    scope,
    tallies: [],
    units: [{ subject: 's', unit, arm: 'a', firstExposureAt: 1, metrics: {} }],
    observations: [],
  });

  it('stay small over many short lives', async () => {
    const sizes: number[] = [];
    for (let life = 1; life <= 40; life++) {
      const facts = new FactsFile(join(directory, 'facts'), { slackBytes: 4_000 });
      for (let seq = 1; seq <= 5; seq++) await facts.add(batch(`i${life % 3}`, life * 10 + seq, 'always the same'));
      await facts.close();
      const [name = ''] = readdirSync(directory);
      sizes.push(statSync(join(directory, name)).size);
    }
    expect(Math.max(...sizes)).toBeLessThan(8_000);
  });

  it('say the same after they were compacted, to whoever reads', async () => {
    const [one, two] = [0, 1].map(() => new FactsFile(join(directory, 'facts'), { slackBytes: 2_000 }));
    for (let seq = 1; seq <= 30; seq++) {
      await one?.add(batch('one', seq, `unit ${seq}`));
      if (seq % 7 === 0) await two?.add(batch('two', seq, `unit ${seq + 100}`));
      if (seq % 10 === 0) await two?.add(batch('two', seq - (seq % 7), 'a repetition'));
    }
    const expected = 30 + 4;
    for (const facts of [one, two, new FactsFile(join(directory, 'facts'))])
      expect(facts?.current().totals(scope, 's').arms.a?.exposed).toBe(expected);
    expect(readdirSync(directory).filter((name) => name.startsWith('facts'))).toHaveLength(1);
    await Promise.all([one?.close(), two?.close()]);
  });
});

it('a book that is begun again counts its units once', async () => {
  const scope = { project: 'p', environment: 'e' };
  const options = { slackBytes: 1_000, ledgerCap: 30 };
  const [one, two] = [new FactsFile(join(directory, 'facts'), options), new FactsFile(join(directory, 'facts'), options)];
  for (let seq = 1; seq <= 30; seq++) {
    const units = [{ subject: 's', unit: String(seq), arm: 'a', firstExposureAt: 1, metrics: {} }];
    await one.add({ instanceId: 'one', seq, scope, tallies: [], units, observations: [] });
    two.current();
  }
  for (const facts of [one, two]) expect(facts.current().totals(scope, 's').refusedUnits).toBe(0);
  await Promise.all([one.close(), two.close()]);
});
