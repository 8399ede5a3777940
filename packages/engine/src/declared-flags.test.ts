import type { Evaluation } from '@sluice/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { FeatureFlagManager } from './feature-flag-manager.ts';
import { RolloutManager } from './rollout-manager.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

interface Flags {
  new_ner_model: boolean;
  theme: 'light' | 'dark';
  limits: { readonly perMinute: number };
  retries: number;
}

/** Compiled and never run: what stands here must compile, and what is expected to fail must not. */
const compiles = (_body: () => void): void => {};

describe('a declared map of flags', () => {
  const { flags, rollouts } = createSluice<Flags>({ store: memoryStore() });

  it('makes a name that is not in it an error of the compiler', () => {
    compiles(() => {
      flags.isEnabled('new_ner_model');
      flags.isEnabled('theme', { userId: 'ann' }, true);
      // @ts-expect-error a misspelt name
      flags.isEnabled('new_ner_modle');
      // @ts-expect-error a name that was not declared
      flags.getVariant('other');
      // @ts-expect-error a name that was not declared
      flags.evaluate('other', undefined, true);
      // @ts-expect-error a name that was not declared
      flags.explain('other');
      // @ts-expect-error a name that was not declared
      flags.override('other', true);
      // @ts-expect-error a name that was not declared
      void flags.setFlag('other', { enabled: true });
      // @ts-expect-error a name that was not declared
      void flags.enableFlag('other');
      // @ts-expect-error a name that was not declared
      void flags.disableFlag('other');
      // @ts-expect-error a name that was not declared
      void flags.restoreFlag('other');
      // @ts-expect-error a name that was not declared
      void flags.setRolloutPercentage('other', 5);
      // @ts-expect-error a name that was not declared
      void flags.addUserToFlag('other', 'ann');
      // @ts-expect-error a name that was not declared
      void flags.removeUserFromFlag('other', 'ann');
      // @ts-expect-error a name that was not declared
      void flags.addGroupToFlag('other', 'staff');
      // @ts-expect-error a name that was not declared
      void flags.removeGroupFromFlag('other', 'staff');
      // @ts-expect-error a name that was not declared
      void flags.archiveFlag('other');
      // @ts-expect-error a name that was not declared
      void rollouts.startRollout('other', { strategy: 'canary', unvalidated: true });
      void flags.setFlag('theme', { enabled: true });
      void rollouts.startRollout('theme', { strategy: 'canary', unvalidated: true });
      // @ts-expect-error a name must be known when it compiles
      flags.isEnabled('new_ner_model' as string);
    });
    expect(flags.isEnabled('new_ner_model')).toBe(false);
  });

  it('makes a value of another type an error of the compiler', () => {
    compiles(() => {
      flags.evaluate('new_ner_model', undefined, false);
      flags.evaluate('theme', undefined, 'dark');
      flags.evaluate('limits', undefined, { perMinute: 5 });
      // @ts-expect-error a text where the flag has booleans
      flags.evaluate('new_ner_model', undefined, 'yes');
      // @ts-expect-error a variant that the flag does not have
      flags.evaluate('theme', undefined, 'sepia');
      // @ts-expect-error another form of object
      flags.evaluate('limits', undefined, { perHour: 5 });
      // @ts-expect-error a text where the flag has numbers
      flags.evaluate('retries', undefined, '3');
      // @ts-expect-error a fallback that is no variant of the flag
      flags.getVariant('theme', undefined, 'sepia');
      // @ts-expect-error a boolean flag has off and on
      flags.getVariant('new_ner_model', undefined, 'true');
      // @ts-expect-error no such variant
      flags.override('theme', 'sepia');
      // @ts-expect-error the fallback of isEnabled is true or false
      flags.isEnabled('theme', undefined, 'light');
    });
    expect(flags.evaluate('retries', undefined, 3).value).toBe(3);
  });

  it('gives what is asked its type', () => {
    expectTypeOf(flags.evaluate('theme', undefined, 'light').value).toEqualTypeOf<'light' | 'dark'>();
    expectTypeOf(flags.evaluate('new_ner_model', undefined, false).value).toEqualTypeOf<boolean>();
    expectTypeOf(flags.evaluate('limits', undefined, { perMinute: 5 }).value).toEqualTypeOf<{ readonly perMinute: number }>();
    expectTypeOf(flags.getVariant('theme')).toEqualTypeOf<'light' | 'dark' | null>();
    expectTypeOf(flags.getVariant('theme', undefined, 'light')).toEqualTypeOf<'light' | 'dark'>();
    expectTypeOf(flags.getVariant('new_ner_model', undefined, 'off')).toEqualTypeOf<'off' | 'on'>();
    expectTypeOf(flags.getVariant('limits')).toEqualTypeOf<string | null>();
    compiles(() => {
      // @ts-expect-error no such variant to compare with
      if (flags.getVariant('theme') === 'sepia') return;
    });
  });

  it('goes with the other managers, and may be a type as well as an interface', () => {
    new RolloutManager(flags);
    new RolloutManager(new FeatureFlagManager<{ a: boolean }>({ store: memoryStore() }));
    compiles(() => {
      // @ts-expect-error not declared
      new FeatureFlagManager<{ a: boolean }>({ store: memoryStore() }).isEnabled('b');
    });
  });
});

describe('without one', () => {
  const flags = new FeatureFlagManager({ store: memoryStore() });

  it('any name and any fallback will do, and the types are what they were', () => {
    const name: string = ['any', 'name'].join('_');
    expectTypeOf(flags.isEnabled(name)).toEqualTypeOf<boolean>();
    expectTypeOf(flags.getVariant(name)).toEqualTypeOf<string | null>();
    expectTypeOf(flags.getVariant(name, undefined, 'x' as string)).toEqualTypeOf<string>();
    expectTypeOf(flags.evaluate(name, undefined, { timeoutMs: 5 })).toEqualTypeOf<Evaluation<{ timeoutMs: number }>>();
    expectTypeOf(flags.evaluate<number>(name, undefined, 5)).toEqualTypeOf<Evaluation<number>>();
    expectTypeOf(createSluice({ store: memoryStore() }).flags).toEqualTypeOf<FeatureFlagManager>();
    expect(flags.getVariant(name, undefined, 'x')).toBe('x');
  });
});
