import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sealLine } from './journal-line.ts';
import { eachInADirectory, Numbers, path, replayOf, written } from './numbers.testing.ts';

eachInADirectory();

describe('a journal that somebody meddled with while it was used', () => {
  it('is written again when it was removed', async () => {
    await written(3);
    const numbers = new Numbers();
    numbers.look();
    rmSync(path());
    await numbers.add(4);
    expect(replayOf()).toEqual([1, 2, 3, 4]);
    rmSync(path('journal.2'));
    // Known only after the line went to a file without a name: never acknowledged.
    await expect(numbers.addBlindly(5)).rejects.toMatchObject({ code: 'conflict' });
    await numbers.add(5);
    expect(replayOf()).toEqual([1, 2, 3, 4, 5]);
    const other = new Numbers();
    other.look();
    rmSync(path('journal.3'));
    await expect(other.addBlindly(6)).rejects.toMatchObject({ code: 'conflict' });
    // Made again empty, others would take it for the whole truth.
    expect(existsSync(path('journal.3'))).toBe(false);
    await numbers.journal.close();
    await other.journal.close();
  });

  it('is given up for one that another process began in its place', async () => {
    await written(2);
    const numbers = new Numbers();
    numbers.look();
    await numbers.journal.rotate();
    for (const name of readdirSync(path(''))) rmSync(path(name));
    await written(1);
    await expect(numbers.add(3)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('replaced') });
    await expect(numbers.addBlindly(3)).rejects.toMatchObject({ code: 'unavailable' });
    expect(replayOf()).toEqual([1]);
    await numbers.journal.close();
  });

  it('is given up when it was cut and has grown again as long', async () => {
    await written(3);
    const numbers = new Numbers();
    numbers.look();
    const lines = readFileSync(path(), 'utf8').split('\n');
    const other = sealLine(9, lines[1]?.slice(0, 8) ?? '').line;
    truncateSync(path(), `${lines[0]}\n${lines[1]}\n`.length);
    appendFileSync(path(), other);
    await expect(numbers.add(4)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('was cut') });
    await numbers.journal.close();
  });

  it('is not written to any more when it was cut or replaced', async () => {
    await written(3);
    const whole = readFileSync(path(), 'utf8');
    for (const [meddle, word] of [
      [() => truncateSync(path(), 0), 'cut'],
      [() => renameSync(path('other'), path()), 'replaced'],
    ] as const) {
      writeFileSync(path(), whole);
      writeFileSync(path('other'), whole);
      const numbers = new Numbers();
      numbers.look();
      meddle();
      await expect(numbers.add(4)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(word) });
      expect(numbers.kept).toEqual([1, 2, 3]);
      await numbers.journal.close();
    }
  });
});
