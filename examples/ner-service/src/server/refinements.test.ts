import { describe, expect, it } from 'vitest';
import { unitOf } from './audience.ts';
import { KNOWLEDGE, PATTERNS, refinements } from './refinements.ts';

const TEXTS = [
  { id: 'compromise/LICENSE', text: '', people: ['Spencer Kelly'] },
  { id: 'fit-curve/LICENSE', text: '', people: ['Spencer Kelly'] },
];
const asked = { user: 'ann', text: 'Copyright (c) 2011-2016 Ada Lovelace\nCopyright nobody in particular' };
const refined = (flags: readonly string[], people: readonly string[]) =>
  refinements((flag, user) => user === 'ann' && flags.includes(flag), TEXTS)(asked, people);

describe('refinements', () => {
  it('leave people as they were found while their flags are off', () => {
    expect(refined([], ['Spencer Kelly'])).toEqual(['Spencer Kelly']);
  });

  it('add whoever a copyright line with a year names, once', () => {
    expect(refined([PATTERNS], ['Grace Hopper'])).toEqual(['Grace Hopper', 'Ada Lovelace']);
    expect(refined([PATTERNS], ['Ada Lovelace'])).toEqual(['Ada Lovelace']);
  });

  it('tell the packages of those who wrote some', () => {
    expect(refined([KNOWLEDGE], ['Spencer Kelly', 'Grace Hopper'])).toEqual([
      'Spencer Kelly (compromise, fit-curve)',
      'Grace Hopper',
    ]);
  });
});

it('users are the same in every run: colleagues, those who try things early, those who pay', () => {
  expect(unitOf('user-100')).toMatchObject({ userId: 'user-100', groups: ['internal'], attributes: { plan: 'pro' } });
  expect(unitOf('user-11')).toMatchObject({ groups: ['beta'], attributes: { plan: 'free' } });
  expect(unitOf('ann')).toEqual(unitOf('ann'));
});
