import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

it('names what was nearly meant, whatever else is as near and not close', () => {
  expect(nearest('gtt', ['gt', 'lt', 'exists'])).toBe(' (did you mean "gt"?)');
  expect(nearest('abcdef', ['abc', 'abcdefghi'])).toBe(' (did you mean "abcdefghi"?)');
});

it('lists what there is where nothing is close, however long the name', () => {
  expect(nearest('x', ['y'])).toBe('; there are y');
  expect(nearest('x'.repeat(100_000), ['gt', 'lt'])).toBe('; there are gt, lt');
  expect(nearest('', [])).toBe('; there is none');
});
