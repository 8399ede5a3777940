import { appendFileSync, copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeatureFlagManager } from '../feature-flag-manager.ts';
import { fileStore } from './file-store.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
});
afterEach(() => rm(directory, { recursive: true }));

const path = (name: string): string => join(directory, name);

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
      const hasFile = end % 2 === 0;
      if (!hasFile) rmSync(file);
      const again = new FeatureFlagManager({ store: fileStore(file, { watch: false }) });
      // A file that says more than the cut journal is an edit by hand.
      expect(again.getFlag('f')?.rolloutPercentage, `cut at ${end}`).toBe(hasFile ? 4 : expected);
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
