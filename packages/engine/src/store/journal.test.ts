import { appendFileSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sealLine } from './journal-line.ts';
import { eachInADirectory, Numbers, path, replayOf, written } from './numbers.testing.ts';

eachInADirectory();

/** Checksum of the line with this number, from 1. */
function lastChecksum(line: number): string {
  return readFileSync(path(), 'utf8').split('\n')[line - 1]?.slice(0, 8) ?? '';
}

describe('a journal', () => {
  it('cut at any byte is the replay through its last whole line, and goes on from there', async () => {
    await written(5);
    const whole = readFileSync(path());
    for (let end = 0; end <= whole.length; end++) {
      writeFileSync(path(), whole.subarray(0, end));
      const lines = whole.subarray(0, end).toString().split('\n').length - 1;
      const expected = [1, 2, 3, 4, 5].slice(0, lines);
      const numbers = new Numbers();
      expect(numbers.look(), `cut at ${end}`).toEqual(expected);
      await numbers.add(99);
      await numbers.journal.close();
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
    const [one, two] = [new Numbers(), new Numbers()];
    one.look();
    two.look();
    await one.add(3);
    await expect(two.addBlindly(33)).rejects.toMatchObject({ code: 'conflict' });
    // What the other wrote is still told, or the next append would be made without knowing it.
    await expect(two.addBlindly(33)).rejects.toMatchObject({ code: 'conflict' });
    expect(two.look()).toEqual([1, 2, 3]);
    await two.add(4);
    expect(one.look()).toEqual([1, 2, 3, 4]);
    expect(replayOf()).toEqual([1, 2, 3, 4]);
    await Promise.all([one.journal.close(), two.journal.close()]);
  });

  it('is not damaged by a void line behind one that was cut off and ended', async () => {
    await written(2);
    const stale = sealLine(33, lastChecksum(1)).line;
    appendFileSync(path(), `deadbeef {"prev"~\n~\n${stale}`);
    expect(replayOf()).toEqual([1, 2]);
    const numbers = new Numbers();
    await numbers.add(3);
    expect(replayOf()).toEqual([1, 2, 3]);
    await numbers.journal.close();
  });

  it('may lose a line aside to a power cut, and nothing that came behind it', async () => {
    const numbers = new Numbers();
    await numbers.add(1);
    numbers.look();
    await numbers.journal.appendAside(2);
    await numbers.add(3);
    await numbers.journal.close();
    expect(replayOf()).toEqual([1, 2, 3]);
    const lines = readFileSync(path(), 'utf8').split('\n');
    writeFileSync(path(), lines.map((line) => (line.includes('"aside"') ? '\0'.repeat(line.length) : line)).join('\n'));
    expect(replayOf()).toEqual([1, 3]);
  });

  it('names the same line however often it is read', async () => {
    await written(4);
    const lines = readFileSync(path(), 'utf8').split('\n');
    writeFileSync(path(), [lines[0], lines[2], ''].join('\n'));
    const numbers = new Numbers();
    for (let time = 0; time < 3; time++) expect(() => numbers.look()).toThrow('journal:2: the journal is damaged');
  });

  it('tells nobody of a line before the disk has it', async () => {
    await written(1);
    const numbers = new Numbers();
    numbers.look();
    const appended = numbers.addBlindly(2);
    for (let turn = 0; numbers.kept.length < 2; turn++) {
      expect(numbers.journal.catchUp(), `turn ${turn}`).toEqual([]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await appended;
    await numbers.journal.close();
  });
});

describe('a new segment', () => {
  it('begins with everything, and others go on with it', async () => {
    await written(3);
    const [one, two] = [new Numbers(), new Numbers()];
    one.look();
    two.look();
    await one.journal.rotate();
    await one.add(4);
    expect(two.look()).toEqual([1, 2, 3, 4]);
    await two.add(5);
    expect(one.look()).toEqual([1, 2, 3, 4, 5]);
    expect(replayOf()).toEqual([1, 2, 3, 4, 5]);
    expect(readdirSync(path('')).sort()).toEqual(['journal', 'journal.2']);
    expect(one.journal.older()).toEqual([1]);
    expect(one.journal.readOlder(1)).toEqual([1, 2, 3]);
    expect(one.journal.startBytes).toBeGreaterThan(0);
    await Promise.all([one.journal.close(), two.journal.close()]);
  });

  it('takes the place of older ones that need not be kept', async () => {
    const [one, two] = [new Numbers('facts', false), new Numbers('facts', false)];
    await one.add(1);
    two.look();
    for (let round = 2; round <= 4; round++) {
      await one.journal.rotate();
      await one.add(round);
    }
    expect(readdirSync(path(''))).toEqual(['facts.4']);
    expect(two.look()).toEqual([1, 2, 3, 4]);
    await two.add(5);
    expect(replayOf('facts')).toEqual([1, 2, 3, 4, 5]);
    await Promise.all([one.journal.close(), two.journal.close()]);
  });

  it('makes void what is written to the old one by a process that had not seen it', async () => {
    for (const keepsOlder of [true, false]) {
      const name = `journal-${keepsOlder}`;
      const [one, two] = [new Numbers(name, keepsOlder), new Numbers(name, keepsOlder)];
      await one.add(1);
      // Opens its file before the other rotates, as one does that sleeps between opening and writing.
      await two.add(2);
      one.look();
      await one.journal.rotate();
      await expect(two.addBlindly(22)).rejects.toMatchObject({ code: 'conflict' });
      expect(two.look()).toEqual([1, 2]);
      await one.add(3);
      expect(two.look()).toEqual([1, 2, 3]);
      await Promise.all([one.journal.close(), two.journal.close()]);
    }
  });

  it('is not begun by who did not see that others went on', async () => {
    await written(2);
    const [one, two] = [new Numbers(), new Numbers()];
    one.look();
    two.look();
    await one.add(3);
    await expect(two.journal.rotate()).rejects.toMatchObject({ code: 'conflict' });
    expect(readdirSync(path(''))).toEqual(['journal']);
    expect(replayOf()).toEqual([1, 2, 3]);
    await one.journal.close();
    await two.journal.close();
  });

  it('that was sealed and not begun, by a crash between, is begun by the next writer', async () => {
    await written(2);
    const one = new Numbers();
    one.look();
    await one.journal.rotate();
    await one.journal.close();
    rmSync(path('journal.2'));
    const two = new Numbers();
    expect(two.look()).toEqual([1, 2]);
    await two.add(3);
    expect(replayOf()).toEqual([1, 2, 3]);
    expect(readdirSync(path('')).sort()).toEqual(['journal', 'journal.2']);
    await two.journal.close();
  });

  it('is no file that only has such a name, as a backup may', async () => {
    await written(2);
    copyFileSync(path(), path('journal.20261125'));
    const one = new Numbers();
    one.look();
    await one.journal.rotate();
    copyFileSync(path('journal.2'), path('journal.7'));
    await one.add(3);
    expect(replayOf()).toEqual([1, 2, 3]);
    await one.journal.close();
  });

  it('is begun by one only of those who find the old one sealed, and clears what crashes left', async () => {
    await written(2);
    const [one, two, three] = [new Numbers(), new Numbers(), new Numbers()];
    one.look();
    await one.journal.rotate();
    rmSync(path('journal.2'));
    two.look();
    three.look();
    writeFileSync(path('journal.01234567-89ab-cdef-0123-456789abcdef.tmp'), 'of one that sleeps');
    await two.add(3);
    await expect(three.addBlindly(33)).rejects.toMatchObject({ code: 'conflict' });
    expect(three.look()).toEqual([1, 2, 3]);
    expect(readdirSync(path('')).sort()).toEqual(['journal', 'journal.2']);
    for (const numbers of [one, two, three]) await numbers.journal.close();
  });

  it('is refused when somebody cut off its beginning', async () => {
    await written(2);
    const one = new Numbers();
    one.look();
    await one.journal.rotate();
    await one.journal.close();
    const [first = ''] = readFileSync(path('journal.2'), 'utf8').split('\n');
    writeFileSync(path('journal.2'), `${first}\n`);
    expect(() => replayOf()).toThrow('journal.2 lacks its beginning');
  });
});
