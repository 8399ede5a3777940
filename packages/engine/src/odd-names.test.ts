import { SluiceError } from '@sluice/core';
import { expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const HOSTILE = {
  toString(): never {
    throw new Error('read me not');
  },
};
const ODD: readonly unknown[] = [
  Symbol('flag'),
  HOSTILE,
  Object.create(null),
  {},
  [],
  null,
  undefined,
  5,
  5n,
  '',
  '\ud800',
  () => 1,
];
/** What else the methods take, so that each of them gets past its other checks in one of the calls. */
const OTHERS: readonly (readonly unknown[])[] = [
  [{}],
  [{ reason: 'r' }],
  [{ reason: 'r', rollbackToVersion: '1.0.0' }],
  [{ reason: 'r', userIds: ['u'] }],
  ['1.0.0', { reason: 'r' }],
  ['1.0.0', Symbol('load')],
  [['u'], {}],
  [50, {}],
  ['u', {}],
  [{ strategy: 'canary', unvalidated: true }],
  [{ enabled: false }, { at: 1_800_000_000_000 }],
];

function methodsOf(manager: object): string[] {
  const names = new Set<string>();
  for (let type = Object.getPrototypeOf(manager); type !== Object.prototype; type = Object.getPrototypeOf(type))
    for (const name of Object.getOwnPropertyNames(type)) names.add(name);
  return [...names].filter((name) => name !== 'constructor' && name !== 'close');
}

it('refuses what is no name in words, in every method of every manager, and never throws where flags are asked', async () => {
  const { flags, rollouts, abTests, rollbacks, hotSwap } = createSluice({
    store: memoryStore(),
    clock: manualClock(1_700_000_000_000),
  });
  const bare: string[] = [];
  for (const [name, manager] of Object.entries({ flags, rollouts, abTests, rollbacks, hotSwap }))
    for (const method of methodsOf(manager))
      for (const odd of ODD)
        for (const others of OTHERS) {
          const call = Reflect.get(manager, method) as unknown;
          if (typeof call !== 'function') continue;
          try {
            await (Reflect.apply(call, manager, [odd, ...others]) as unknown);
          } catch (error) {
            if (!(error instanceof SluiceError)) bare.push(`${name}.${method}: ${String(error)}`);
          }
        }
  expect([...new Set(bare)]).toEqual([]);
  for (const odd of ODD) {
    expect(flags.isEnabled(odd as string, { userId: 'u' })).toBe(false);
    expect(flags.getVariant(odd as string, {}, 'fallback' as never)).toBe('fallback');
    expect(flags.evaluate(odd as string, {}, 7)).toMatchObject({ value: 7, errorCode: 'FLAG_NOT_FOUND' });
    expect(abTests.getVariant(odd as string, {})).toBe('control');
  }
});

it('says where the name is wrong, and what it is', async () => {
  const { rollouts, rollbacks } = createSluice({ store: memoryStore(), clock: manualClock(1_700_000_000_000) });
  const name = Symbol('checkout') as unknown as string;
  const refusal = { code: 'invalid', message: expect.stringContaining('the flag name must be a well-formed text') };
  await expect(rollouts.startRollout(name, { strategy: 'canary', unvalidated: true })).rejects.toMatchObject(refusal);
  await expect(rollouts.pauseRollout(name)).rejects.toThrow('it is Symbol(checkout)');
  await expect(rollbacks.rollbackImmediate(name, { reason: 'r' })).rejects.toMatchObject(refusal);
});
