import { appendFileSync, copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeatureFlagManager } from '../feature-flag-manager.ts';
import { fileStore } from './file-store.ts';
import { Journal } from './journal.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
});
afterEach(() => rm(directory, { recursive: true }));

const path = (name = 'journal'): string => join(directory, name);

async function written(count: number): Promise<Journal<number>> {
  const journal = new Journal<number>(path());
  journal.catchUp();
  for (let entry = 1; entry <= count; entry++) await journal.append(entry);
  await journal.close();
  return journal;
}

const replayOf = (): readonly number[] => new Journal<number>(path()).catchUp().entries;

describe('a journal', () => {
  it('cut at any byte is the replay through its last whole line, and goes on from there', async () => {
    await written(5);
    const whole = readFileSync(path());
    for (let end = 0; end <= whole.length; end++) {
      writeFileSync(path(), whole.subarray(0, end));
      const lines = whole.subarray(0, end).toString().split('\n').length - 1;
      const expected = [1, 2, 3, 4, 5].slice(0, lines);
      const journal = new Journal<number>(path());
      expect(journal.catchUp().entries, `cut at ${end}`).toEqual(expected);
      await journal.append(99);
      await journal.close();
      expect(replayOf(), `appended after a cut at ${end}`).toEqual([...expected, 99]);
    }
  });

  it('names the line when what counted has been damaged since', async () => {
    await written(5);
    const whole = readFileSync(path(), 'utf8').split('\n');
    for (let line = 0; line < 4; line++) {
      const damaged = whole.map((text, index) => (index === line ? text.replace('entry', 'Entry') : text));
      writeFileSync(path(), damaged.join('\n'));
      expect(() => replayOf(), `line ${line + 1}`).toThrow(`journal:${line + 2}: the journal is damaged before this line`);
      writeFileSync(path(), whole.filter((_, index) => index !== line).join('\n'));
      expect(() => replayOf(), `without line ${line + 1}`).toThrow('damaged');
    }
  });

  it('makes void what a writer appends who did not see that another was first', async () => {
    await written(2);
    const [one, two] = [new Journal<number>(path()), new Journal<number>(path())];
    one.catchUp();
    two.catchUp();
    await one.append(3);
    await expect(two.append(33)).rejects.toMatchObject({ code: 'conflict' });
    // What the other wrote is still told, or the next append would be made without knowing it.
    expect(two.catchUp().entries.length).toBeGreaterThan(0);
    expect(replayOf()).toEqual([1, 2, 3]);
    await two.append(4);
    expect(one.catchUp().entries).toEqual([4]);
    expect(replayOf()).toEqual([1, 2, 3, 4]);
    await Promise.all([one.close(), two.close()]);
  });

  it('begins a new segment that others notice', async () => {
    const journal = await written(3);
    const other = new Journal<number>(path());
    other.catchUp();
    await journal.rotate(100, path('older'));
    await journal.append(101);
    expect(other.catchUp()).toEqual({ restarted: true, entries: [100, 101] });
    await other.append(102);
    expect(journal.catchUp().entries).toEqual([102]);
    expect(new Journal<number>(path('older')).catchUp().entries).toEqual([1, 2, 3]);
    await Promise.all([journal.close(), other.close()]);
  });
});

describe('flags over a journal that was cut', () => {
  it('are those of the last whole line, and the flag file follows', async () => {
    const file = path('flags.json');
    const first = new FeatureFlagManager({ store: fileStore(file, { watch: false }) });
    for (let percentage = 1; percentage <= 4; percentage++)
      await first.setFlag('f', { enabled: true, rolloutPercentage: percentage });
    await first.close();
    const lines = readFileSync(`${file}.journal`, 'utf8').split('\n');
    const percentages = lines.map((line) =>
      line.includes('"type":"commit"') ? Number(/"share":(\d+)/.exec(line)?.[1]) / 1000 : null,
    );
    copyFileSync(`${file}.journal`, path('whole'));
    const whole = readFileSync(path('whole'));
    for (let end = whole.length; end > whole.indexOf(10); end -= 37) {
      copyFileSync(path('whole'), `${file}.journal`);
      truncateSync(`${file}.journal`, end);
      const cut = whole.subarray(0, end).toString().split('\n').length - 1;
      const expected = percentages.slice(0, cut).findLast((percentage) => percentage !== null);
      const again = new FeatureFlagManager({ store: fileStore(file, { watch: false }) });
      const { rolloutPercentage } = again.getFlag('f') ?? {};
      // A file that says more than the cut journal is an edit by hand; one that says the same or is older is made again.
      expect([expected, 4], `cut at ${end}`).toContain(rolloutPercentage);
      await again.setFlag('f', { description: `cut at ${end}` });
      expect(JSON.parse(readFileSync(file, 'utf8')).flags[0]).toMatchObject({
        description: `cut at ${end}`,
        rollout_percentage: again.getFlag('f')?.rolloutPercentage,
      });
      await again.close();
      const kept = {
        flags: [
          { name: 'f', status: 'percentage', rollout_percentage: 4, enabled_users: [], enabled_groups: [], conditions: {} },
        ],
      };
      writeFileSync(file, JSON.stringify(kept));
    }
  });

  it('wait for the end of a line that another process is still writing', async () => {
    const file = path('flags.json');
    const flags = new FeatureFlagManager({ store: fileStore(file, { watch: false }) });
    await flags.setFlag('f', { enabled: true });
    appendFileSync(`${file}.journal`, '1234abcd {"prev":');
    await flags.setFlag('g', { enabled: true });
    expect(flags.listFlags().map((flag) => flag.name)).toEqual(['f', 'g']);
    await flags.close();
    const again = new FeatureFlagManager({ store: fileStore(file, { watch: false }) });
    expect(again.listFlags().map((flag) => flag.name)).toEqual(['f', 'g']);
    await again.close();
  });
});
