import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeFailure, describeValue } from './failure.ts';

const trap = new Proxy(
  {},
  {
    get: () => {
      throw new Error('trap');
    },
    getPrototypeOf: () => {
      throw new Error('trap');
    },
  },
);

describe('describeFailure', () => {
  it('gives the name and message of an error', () => {
    expect(describeFailure(new TypeError('x is not a function'))).toBe('TypeError: x is not a function');
  });

  it('gives what was thrown when that is no error', () => {
    expect(describeFailure('disk "a" is full')).toBe('"disk \\"a\\" is full"');
    expect(describeFailure(undefined)).toBe('undefined');
  });

  it('survives an error that throws when it is read', () => {
    const error = Object.defineProperty(new Error(), 'message', {
      get: () => {
        throw new Error('again');
      },
    });
    expect(describeFailure(error)).toBe('an error that cannot be read');
    expect(describeFailure(trap)).toBe('an error that cannot be read');
  });

  it('stays short whatever was thrown', () => {
    expect(describeFailure(new Error('x'.repeat(1_000_000))).length).toBeLessThan(210);
    fc.assert(fc.property(fc.anything(), (thrown) => describeFailure(thrown).length < 1500));
  });
});

describe('describeValue', () => {
  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [Number.NaN, 'NaN'],
    [10n, '10'],
    [Symbol('s'), 'Symbol(s)'],
    [[1], 'an object'],
    [() => {}, 'a function'],
  ])('names %o', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });

  it('does not look into objects', () => {
    expect(describeValue(trap)).toBe('an object');
  });
});
