import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkVectorFile } from './families.ts';

const folder = join(import.meta.dirname, '../../statistics');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

describe('the statistical methods', () => {
  it.each(files)('give what %s expects', (name) => {
    expect(checkVectorFile(read(name))?.failures).toEqual([]);
  });

  it('were asked all 470 cases', () => {
    expect(files.reduce((sum, name) => sum + (checkVectorFile(read(name))?.passed ?? 0), 0)).toBe(470);
  });

  it('fail where a number, a flag or a field is another', () => {
    const [first] = (read('srm_chisq.json') as { cases: { expected: object }[] }).cases;
    const failures = (expected: object): readonly string[] | undefined =>
      checkVectorFile({
        family: 'srm_chisq',
        relTol: 1e-10,
        cases: [{ ...first, expected: { ...first?.expected, ...expected } }],
      })?.failures;
    expect(failures({})).toEqual([]);
    for (const wrong of [{ p: 0.1 }, { mismatchAt0_001: true }, { unknownField: 1 }]) expect(failures(wrong)).toHaveLength(1);
  });

  it('take no file of another kind for vectors', () => {
    expect([checkVectorFile(null), checkVectorFile({ family: 'toString', cases: [] }), checkVectorFile([])]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
