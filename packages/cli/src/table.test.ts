import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { served } from './at.testing.ts';
import { paintOf } from './paint.ts';
import { table } from './table.ts';

const HEAD = ['FLAG', 'STATUS', 'WHY'];
const ROWS = [
  ['new_checkout', 'percentage', 'the harm that was seen in the first stage is over, as far as anybody knows'],
  ['b', 'enabled', ''],
];
const linesAt = (columns: number, isColoured = false): string[] => table(HEAD, ROWS, paintOf(isColoured, columns)).split('\n');

describe('a table', () => {
  it('stands as it is where it fits, and where nothing says how wide a line may be', () => {
    const whole = linesAt(Number.POSITIVE_INFINITY);
    expect(whole).toEqual([
      'FLAG          STATUS      WHY',
      'new_checkout  percentage  the harm that was seen in the first stage is over, as far as anybody knows',
      'b             enabled',
    ]);
    expect(linesAt(whole[1]?.length ?? 0)).toEqual(whole);
  });

  it('has the sentences of its last column broken where they have room', () => {
    expect(linesAt(60)).toEqual([
      'FLAG          STATUS      WHY',
      'new_checkout  percentage  the harm that was seen in the',
      '                          first stage is over, as far as',
      '                          anybody knows',
      'b             enabled',
    ]);
  });

  it('stands row by row where they have none', () => {
    expect(linesAt(40)).toEqual([
      'new_checkout',
      '  status  percentage',
      '  why     the harm that was seen in the',
      '          first stage is over, as far as',
      '          anybody knows',
      '',
      'b',
      '  status  enabled',
    ]);
  });

  it('has no line that is longer than the terminal is wide, and loses nothing', () => {
    const word = fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom('a', 'b', '-', '_', '.') });
    const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, word, text), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 40, max: 140 }),
        fc.boolean(),
        (rows, columns, isColoured) => {
          const lines = stripVTControlCharacters(table(HEAD, rows, paintOf(isColoured, columns))).split('\n');
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
          const letters = (all: string): string => [...all.replace(/\s/g, '')].sort().join('');
          const said = letters(rows.flat().join(''));
          const shown = letters(lines.join('').replace(/FLAG|STATUS|WHY|status|why/g, ''));
          expect(shown).toBe(said);
        },
      ),
    );
  });
});

it('rollouts, flags and scheduled edits fit the terminal in which they are listed', async () => {
  const at = await served();
  await at.run(
    'flag create new_ner_model --status percentage --percentage 0 --description "the model that knows the names of places, too"',
  );
  await at.run('rollout start new_ner_model --stages 10,100 --bake 2m --unvalidated');
  await at.run(
    'flag schedule add new_ner_model --at 2027-02-01T08:00:00Z --status disabled --reason "the licence of the model ends"',
  );
  for (const line of ['rollout list', 'flag list', 'flag schedule list']) {
    const { out } = await at.run(line, { columns: 60 });
    expect(out).toContain('new_ner_model');
    for (const row of out.split('\n')) expect(row.length, `${line}: ${row}`).toBeLessThanOrEqual(60);
    const wide = await at.run(line, { columns: 200 });
    expect(wide.out).toBe((await at.run(line)).out);
  }
  const { out } = await at.run('rollout list', { columns: 60 });
  expect(out).toMatch(/^new_ner_model\n {2}strategy +percentage\n {2}phase +baking\n {2}share +10 %\n {2}stage +1\/2\n/);
  await at.close();
});
