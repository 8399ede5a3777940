import { compileFlag, evaluateCompiled } from '@sluice/core';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { connect } from './connect.ts';
import { flagOf, StreamServer, snapshotAt } from './stream-server.testing.ts';

let server: StreamServer;
beforeEach(async () => {
  server = await StreamServer.start();
});
afterEach(() => server.end());

const half = flagOf('half', { status: 'percentage', share: 50_000 });
const theme = flagOf('theme', {
  variants: { light: 'light', dark: { name: 'dark' } },
  offVariant: 'light',
  onVariant: 'dark',
  conditions: { plan: 'pro' },
});

describe('asking a connection', () => {
  it('answers what the evaluator of the library answers', async () => {
    server.meetings = [[{ type: 'snapshot', snapshot: snapshotAt(1, half, theme) }]];
    const flags = server.connect();
    await flags.ready();
    for (const flag of [half, theme]) {
      const compiled = compileFlag(flag);
      for (let user = 0; user < 500; user++) {
        const unit = { userId: `user-${user}`, attributes: { plan: user % 2 === 0 ? 'pro' : 'free' } };
        const expected = evaluateCompiled(compiled, unit, 'fallback');
        expect(flags.evaluate(flag.key, unit, 'fallback')).toEqual(expected);
        expect(flags.getVariant(flag.key, unit)).toBe(expected.variant);
        expect(flags.isEnabled(flag.key, unit)).toBe(expected.variant !== flag.offVariant);
        expect(flags.evaluateAll(unit).get(flag.key)?.value).toEqual(expected.value);
        expect(flags.explain(flag.key, unit)).toMatchObject({ value: expected.value, variant: expected.variant });
      }
    }
  });

  it('answers the fallback for what is not there, and never throws', async () => {
    const flags = server.connect();
    const hostile = {
      get userId(): string {
        throw new Error('no');
      },
    };
    for (const isBefore of [true, false]) {
      expect(flags.evaluate('none', { userId: 'u' }, 7)).toMatchObject({ value: 7, errorCode: 'FLAG_NOT_FOUND' });
      expect(flags.isEnabled('none', hostile, true)).toBe(true);
      expect(flags.getVariant('none')).toBeNull();
      expect(flags.explain('none')).toBeNull();
      expect(flags.track('bought', 1, hostile)).toBe(false);
      if (isBefore) await flags.ready();
      else expect(flags.isEnabled('a', hostile, true)).toBe(true);
    }
    expect([flags.scope, flags.evaluateAll().size]).toEqual([{ project: 'default', environment: 'production' }, 1]);
  });

  it('lets the compiler know the flags of a program', () => {
    type Flags = { new_model: boolean; theme: 'light' | 'dark' };
    const flags = connect<Flags>({ url: server.url, clock: server.clock });
    flags.on('problem', () => {});
    expectTypeOf(flags.isEnabled).parameter(0).toEqualTypeOf<'new_model' | 'theme'>();
    expectTypeOf(flags.getVariant('theme')).toEqualTypeOf<'light' | 'dark' | null>();
    expectTypeOf(flags.evaluate('new_model', {}, false).value).toEqualTypeOf<boolean>();
    void flags.close();
  });

  it('goes on when a listener fails', async () => {
    const flags = server.connect();
    flags.on('status', () => {
      throw new Error('mine');
    });
    const seen: string[] = [];
    const stop = flags.on('status', ({ status, before }) => seen.push(`${before} ${status}`));
    await flags.ready();
    expect(seen).toEqual(['NOT_READY READY']);
    stop();
    await flags.close();
    expect(seen.length).toBe(1);
  });
});
