import { describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { runValidator, type Validator, type ValidatorQuestion, ValidatorRegistry, type ValidatorResult } from './validators.ts';

const question: ValidatorQuestion = {
  scope: { project: 'default', environment: 'production' },
  flag: 'checkout',
  rollout: 1,
  stage: 0,
  atEndOfBake: true,
  idempotencyKey: 'once',
};

/** Runs anything as a validator, as JavaScript would. */
function run(validator: (...args: Parameters<Validator>) => unknown, clock = manualClock(0)): Promise<ValidatorResult> {
  return runValidator(validator as Validator, 25, { question, deadlineMs: 30_000, clock });
}

const error = (message: string): ValidatorResult => ({ outcome: 'error', message });

describe('runValidator', () => {
  it.each([
    ['true', () => true, 'advance'],
    ['a promise of true', () => Promise.resolve(true), 'advance'],
    ['false', () => false, 'harm'],
    ['a promise of false', async () => false, 'harm'],
  ])('takes %s as an answer', async (_, validator, outcome) => {
    expect(await run(validator)).toMatchObject({ outcome });
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['1', 1],
    ['"true"', 'true'],
    ['NaN', Number.NaN],
    ['an object', { ok: true }],
    ['a function', () => true],
  ])('takes %s as an error, returned or promised', async (text, answer) => {
    const expected = error(`the validator returned ${text} for 25 %; only true advances and only false rolls back`);
    expect(await run(() => answer)).toEqual(expected);
    expect(await run(async () => answer)).toEqual(expected);
  });

  it('takes a throw and a rejection as an error that tells which', async () => {
    const failure = new Error('prometheus is down');
    const expected = error('the validator failed for 25 %: Error: prometheus is down');
    expect(
      await run(() => {
        throw failure;
      }),
    ).toEqual(expected);
    expect(await run(() => Promise.reject(failure))).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    [
      'whose then throws',
      {
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
        then: () => {
          throw new Error('bomb');
        },
      },
      'Error: bomb',
    ],
    [
      'whose then cannot be read',
      {
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
        get then() {
          throw new Error('bomb');
        },
      },
      'Error: bomb',
    ],
    [
      'that answers with itself',
      {
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
        then(resolve: (answer: unknown) => void) {
          resolve(this);
        },
      },
      'returned an object',
    ],
  ])('takes a thenable %s as an error', async (_, thenable, words) => {
    const result = await run(() => thenable);
    expect(result.outcome).toBe('error');
    expect(result.message).toContain(words);
  });

  it('takes silence until the deadline as an error, and tells the validator to stop', async () => {
    const clock = manualClock(1000);
    let signal: AbortSignal | null = null;
    const results: ValidatorResult[] = [];
    const hanging = run((_, context) => {
      signal = context.signal;
      return new Promise(() => {});
    }, clock).then((result) => results.push(result));
    await clock.advance(29_999);
    expect([results, signal]).toMatchObject([[], { aborted: false }]);
    await clock.advance(1);
    await hanging;
    expect(results).toEqual([error('the validator gave no answer for 25 % within 30000 ms')]);
    expect(signal).toMatchObject({ aborted: true });
  });

  it('ignores an answer or a failure that comes after the deadline', async () => {
    const clock = manualClock(0);
    const late = run(() => new Promise((_, reject) => void clock.schedule(40_000, () => reject(new Error('late')))), clock);
    await clock.advance(40_000);
    expect((await late).message).toContain('no answer');
  });

  it('leaves nothing on the clock once it was answered, and aborts nothing', async () => {
    const clock = manualClock(0);
    let signal: AbortSignal | null = null;
    await run((_, context) => {
      signal = context.signal;
      return true;
    }, clock);
    await clock.advance(30_000);
    expect(signal).toMatchObject({ aborted: false });
  });

  it('tells the validator the percentage and what is asked', async () => {
    const seen: unknown[] = [];
    await run((percentage, { signal: _signal, ...asked }) => {
      seen.push(percentage, asked);
      return true;
    });
    expect(seen).toEqual([25, question]);
  });
});

describe('ValidatorRegistry', () => {
  it('finds a validator by name, the latest when there were several', () => {
    const validators = new ValidatorRegistry();
    const latest: Validator = () => false;
    expect(validators.get('smoke')).toBeUndefined();
    validators.register('smoke', () => true);
    validators.register('smoke', latest);
    expect(validators.get('smoke')).toBe(latest);
    expect(validators.get('constructor')).toBeUndefined();
  });

  it('refuses an empty name and what is not a function', () => {
    const validators = new ValidatorRegistry();
    expect(() => validators.register('', () => true)).toThrow('not ""');
    expect(() => validators.register('smoke', true as unknown as Validator)).toThrow(
      'validator "smoke" is true; give a function',
    );
  });
});
