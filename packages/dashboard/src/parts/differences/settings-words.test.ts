import type { FlagSettings } from '@sluice/core';
import { describe, expect, it } from 'vitest';
import { conditionInWords } from './condition-words.ts';
import { differencesOf } from './settings-words.ts';

const words = (before: FlagSettings, after: FlagSettings) =>
  Object.fromEntries(differencesOf(before, after).map((difference) => [difference.label, difference.words]));

describe('what an edit changes, in words', () => {
  it('names who comes and who goes', () => {
    expect(words({ enabledUsers: ['ann', 'bob'] }, { enabledUsers: ['bob', 'cid'] })).toEqual({
      'Users in by name': ['+ cid', '− ann'],
    });
    expect(words({ tags: ['a', 'b'] }, { tags: ['b', 'a'] })).toEqual({ Tags: ['in another order'] });
  });

  it('tells conditions and rules as people would', () => {
    expect(conditionInWords({})).toBe('everybody');
    expect(conditionInWords({ plan: ['pro', 'team'], age: { gte: 18 }, in_segment: 'staff' })).toBe(
      'plan is one of "pro", "team" and age is at least 18 and in "staff"',
    );
    expect(conditionInWords({ any: [{ a: 1 }, { b: 2, c: { exists: false } }], not: { d: 4 } })).toBe(
      '(a is 1 or (b is 2 and c is not there)) and not (d is 4)',
    );
    const rule = { if: { plan: 'pro' }, variant: 'on' };
    expect(words({ rules: [] }, { rules: [rule, { if: {}, rolloutPercentage: 20 }] })).toEqual({
      Rules: ['+ rule 1: plan is "pro" → on', '+ rule 2: everybody → 20 % of them'],
    });
    expect(words({ rules: [rule, { if: {}, variant: 'off' }] }, { rules: [{ if: {}, variant: 'off' }, rule] })).toEqual({
      Rules: ['the same in another order', '1. everybody → off', '2. plan is "pro" → on'],
    });
  });

  it('adds up the ranges of a weight, and tells values of variants', () => {
    const split = [
      { variant: 'a', percentage: 20 },
      { variant: 'b', percentage: 50 },
      { variant: 'a', percentage: 30 },
    ];
    expect(words({ split, variants: { a: 1, b: 2 } }, { split: { a: 40, b: 60 }, variants: { a: 1, b: 3, c: 4 } })).toEqual({
      Variants: ['b: 2 → 3', '+ c: 4'],
      Weights: ['a: 50 % → 40 %', 'b: 50 % → 60 %'],
    });
  });

  it('tells shares of flags that are on for all as 100 %', () => {
    expect(words({ status: 'enabled' }, { status: 'percentage', rolloutPercentage: 25 })).toEqual({
      Status: ['from "enabled" to "percentage"'],
      Share: ['from 100 % to 25 %'],
    });
  });
});
