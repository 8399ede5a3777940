import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SluiceError } from '../error.ts';
import { isScope } from '../scope.ts';
import { parseDefinition } from './definition.ts';
import { keyProblem, MAX_KEY_LENGTH } from './key.ts';
import { parseProjectSettings } from './settings.ts';

function issuesOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'invalid') return error.issues.map(({ path }) => path);
    throw error;
  }
  return [];
}

it('a key is 1 to 128 letters, digits, dots, underscores and dashes, and is not what stands for all', () => {
  for (const key of ['*', '', '.', '..', '-a', '_a', '__proto__', 'a b', 'a/b', 'ä', 'a\n', 'a\0b', 3, null, 'x'.repeat(129)])
    expect(keyProblem(key), JSON.stringify(key)).not.toBeNull();
  for (const key of ['a', 'A-1_b.c', 'constructor', 'x'.repeat(MAX_KEY_LENGTH)]) expect(keyProblem(key)).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => keyProblem(text) !== null || /^[\w.-]{1,128}$/.test(text)));
});

it('no scope of a program can be that of a whole project or installation', () => {
  expect(isScope({ project: 'shop', environment: 'production' })).toBe(true);
  expect([isScope({ project: '*', environment: 'production' }), isScope({ project: 'shop', environment: '*' })]).toEqual([
    false,
    false,
  ]);
});

it('a project has development, staging and production, of which the last is protected, unless it says otherwise', () => {
  const { name, environments } = parseProjectSettings({ key: 'shop' });
  expect([name, environments.map(({ key, isProtected }) => [key, isProtected])]).toEqual([
    'shop',
    [
      ['development', false],
      ['staging', false],
      ['production', true],
    ],
  ]);
  expect(parseProjectSettings({ key: 'shop', environments: [{ key: 'live' }] }).environments).toEqual([
    { key: 'live', name: 'live', isProtected: false },
  ]);
});

it('names every place of a project that is wrong', () => {
  expect(issuesOf(() => parseProjectSettings('shop'))).toEqual(['']);
  const environments = [{ key: '*' }, { name: '' }, { key: 'a', isProtected: 'yes', colour: 1 }];
  expect(issuesOf(() => parseProjectSettings({ key: 'a/b', nam: 'x', environments }))).toEqual([
    '/nam',
    '/key',
    '/environments/0/key',
    '/environments/1/key',
    '/environments/1/name',
    '/environments/2/colour',
    '/environments/2/isProtected',
  ]);
  expect(issuesOf(() => parseProjectSettings({ key: 'a', environments: [] }))).toEqual(['/environments']);
  const twice = [{ key: 'a' }, { key: 'b' }, { key: 'a' }];
  expect(issuesOf(() => parseProjectSettings({ key: 'a', environments: twice }))).toEqual(['/environments/2/key']);
  const alike = [{ key: 'live' }, { key: 'LIVE' }];
  expect(() => parseProjectSettings({ key: 'a', environments: alike })).toThrow('"LIVE", which people would take for "live"');
});

it('says what would be right where something is missing', () => {
  expect(() => parseProjectSettings({})).toThrow('project: /key must be a text that is not empty; it is missing');
  expect(() => parseProjectSettings({ key: 'a', environments: [{}] })).toThrow(
    '/environments/0/key must be a text that is not empty; it is missing',
  );
});

it('a definition takes what all environments share, of one type, and nothing that is each one’s own', () => {
  expect(issuesOf(() => parseDefinition('f', { rolloutPercentage: 10, conditions: {}, description: 'ok' }))).toEqual([
    '/rolloutPercentage',
    '/conditions',
  ]);
  expect(issuesOf(() => parseDefinition('f', { type: 'number', variants: { a: 1, b: 'two' } }))).toEqual(['/variants/b']);
  expect(issuesOf(() => parseDefinition('f', { type: 'string' }))).toEqual(['/variants']);
  expect(issuesOf(() => parseDefinition('f', { type: 'text', variants: { a: 1, b: 2 } }))).toEqual(['/type']);
  expect(parseDefinition('f', { type: 'object', variants: { a: [], b: null } }).fields.variants).toEqual({ a: [], b: null });
  expect(issuesOf(() => parseDefinition('f', 7))).toEqual(['']);
});
