import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE } from '@sluice/core';
import { afterEach, describe, expect, it } from 'vitest';
import { manualClock } from './clock/manual-clock.ts';
import { FeatureFlagManager } from './feature-flag-manager.ts';
import { type Logger, silentLogger } from './logger.ts';
import { readOverrides } from './overrides.ts';
import { createSluice } from './sluice.ts';
import { memoryStore } from './store/memory-store.ts';

const THEMES = {
  enabled: true,
  variants: { light: 'l', dark: 'd', sepia: 's' },
  offVariant: 'light',
  onVariant: 'dark',
} as const;

function listening(): { logger: Logger; warnings: string[] } {
  const warnings: string[] = [];
  return { logger: { ...silentLogger, warn: (message) => void warnings.push(message) }, warnings };
}

describe('an override', () => {
  it('serves everybody one variant in this process, over everything that is kept', async () => {
    const store = memoryStore();
    const [flags, other] = [new FeatureFlagManager({ store }), new FeatureFlagManager({ store })];
    await flags.setFlag('theme', { ...THEMES, disabledUsers: ['ann'], conditions: { plan: 'pro' } });
    await flags.setFlag('needs_it', { enabled: true, prerequisites: [{ flag: 'theme', variants: ['sepia'] }] });
    flags.override('theme', 'sepia');
    expect(flags.getVariant('theme', { userId: 'ann' })).toBe('sepia');
    expect(flags.evaluate('theme', undefined, 'x')).toMatchObject({ value: 's', variant: 'sepia', reason: 'STATIC' });
    expect(flags.evaluateAll({ userId: 'bob' }).get('theme')?.value).toBe('s');
    expect(flags.isEnabled('needs_it', { userId: 'bob' })).toBe(true);
    expect(other.getVariant('theme', { userId: 'ann' })).toBe('light');
    flags.override('theme', false);
    expect(flags.isEnabled('theme', { userId: 'bob', attributes: { plan: 'pro' } })).toBe(false);
    await flags.disableFlag('theme');
    flags.override('theme', true);
    expect(flags.isEnabled('theme')).toBe(true);
    expect(flags.getFlag('theme')).toMatchObject({ status: 'disabled', disabledUsers: ['ann'] });
    flags.clearOverrides('theme');
    expect(flags.isEnabled('theme')).toBe(false);
  });

  it('of a flag that nobody has set works too, and is none for decisions', async () => {
    const flags = new FeatureFlagManager({ store: memoryStore(), overrides: { new_model: true, theme: 'dark' } });
    expect([flags.isEnabled('new_model'), flags.getVariant('theme')]).toEqual([true, 'dark']);
    expect([flags.getFlag('new_model'), flags.listFlags()]).toEqual([undefined, []]);
    await expect(flags.enableFlag('new_model')).rejects.toMatchObject({ code: 'notFound' });
    await expect(flags.setFlag('f', { prerequisites: [{ flag: 'new_model', variants: ['on'] }] })).rejects.toThrow(
      'names the flag "new_model", which does not exist',
    );
    await flags.setFlag('new_model', { enabled: true, rolloutPercentage: 0 });
    expect(flags.isEnabled('new_model', { userId: 'ann' })).toBe(true);
    flags.clearOverrides();
    expect(flags.isEnabled('new_model', { userId: 'ann' })).toBe(false);
    expect(flags.getVariant('theme', undefined, 'fallback')).toBe('fallback');
    expect(flags.listOverrides()).toEqual({});
  });

  it('stands while the flag changes, and what changed is there when it is cleared', async () => {
    const flags = new FeatureFlagManager({ store: memoryStore() });
    await flags.setFlag('f', { enabled: true });
    flags.override('f', false);
    await flags.setRolloutPercentage('f', 100);
    expect([flags.isEnabled('f', { userId: 'a' }), flags.getFlag('f')?.revision]).toEqual([false, 2]);
    flags.clearOverrides();
    expect(flags.isEnabled('f', { userId: 'a' })).toBe(true);
  });

  it('is told of once, and by explain each time', async () => {
    const { logger, warnings } = listening();
    const flags = new FeatureFlagManager({ store: memoryStore(), logger, overrides: { a: true, b: 'x' } });
    flags.override('c', false);
    flags.override('c', true);
    expect(warnings).toEqual([
      'overrides are in effect in this process, and flags serve other than they are kept: a = true, b = x',
    ]);
    const [first, second] = flags.explain('b')?.steps ?? [];
    expect(first).toMatchObject({ step: 'override', outcome: 'decided', message: expect.stringContaining('everybody gets "x"') });
    expect(second).toMatchObject({ step: 'kill switch', outcome: 'not reached' });
  });

  it('is neither counted nor an exposure, nor kept', async () => {
    const store = memoryStore();
    const clock = manualClock(1_700_000_000_000);
    const { flags, rollouts, abTests } = createSluice({ store, clock });
    await flags.setFlag('f', { enabled: true });
    flags.isEnabled('f', { userId: 'a' });
    flags.override('f', false);
    for (let index = 0; index < 50; index++) flags.isEnabled('f', { userId: `u${index}` });
    expect(await flags.getFlagStats('f')).toMatchObject({ evaluations: 1, byVariant: { on: 1 } });
    flags.clearOverrides();
    flags.isEnabled('f', { userId: 'b' });
    expect(await flags.getFlagStats('f')).toMatchObject({ evaluations: 2, byVariant: { on: 2 } });
    await flags.setFlag('rolled', { enabled: true, rolloutPercentage: 0 });
    await rollouts.startRollout('rolled', { strategy: 'percentage', stages: [1, 100], unvalidated: true, minExposures: 1 });
    await abTests.createTest({ testId: 't', controlComponent: 'x', treatmentComponent: 'y' });
    await abTests.startTest('t');
    for (const name of ['rolled', 't']) flags.override(name, true);
    for (let index = 0; index < 50; index++) for (const name of ['rolled', 't']) flags.isEnabled(name, { userId: `u${index}` });
    await clock.advance(600_000);
    expect(rollouts.getRolloutStatus('rolled')).toMatchObject({ currentPercentage: 1 });
    expect((await store.readTotals(DEFAULT_SCOPE, 't')).arms).toEqual({});
    expect(JSON.stringify(await store.read())).not.toContain('override');
    expect((await store.log({ scope: DEFAULT_SCOPE, key: 'f' })).map(({ type }) => type)).toEqual(['flag.created']);
  });

  it('that cannot be is refused with what would be right', async () => {
    const flags = new FeatureFlagManager({ store: memoryStore() });
    await flags.setFlag('theme', THEMES);
    expect(() => flags.override('theme', 'drk')).toThrow(
      'must be true, false, or one of its variants; it is "drk" (did you mean "dark"?)',
    );
    expect(() => flags.override('theme', 7 as never)).toThrow('must be true, false, or the name of a variant; it is 7');
    expect(() => flags.override('', true)).toThrow('flag name');
    expect(flags.listOverrides()).toEqual({});
    expect(() => new FeatureFlagManager({ store: memoryStore(), overrides: { a: null as never } })).toThrow('override of "a"');
    expect(() => new FeatureFlagManager({ store: memoryStore(), overrides: [] as never })).toThrow('must be an object such as');
  });
});

describe('overrides from outside', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-overrides-'));
  afterEach(() => rmSync(join(folder, 'mine.json'), { force: true }));

  it('come from a file or a variable, and the code has the last word', () => {
    const path = join(folder, 'mine.json');
    writeFileSync(path, '{ "a": true, "b": "x" }');
    expect(readOverrides(path, {}, silentLogger)).toEqual({ a: true, b: 'x' });
    expect(readOverrides({ a: false }, { SLUICE_OVERRIDES: path }, silentLogger)).toEqual({ a: false, b: 'x' });
    expect(readOverrides(undefined, { SLUICE_OVERRIDES: ' {"c": true}' }, silentLogger)).toEqual({ c: true });
    expect(readOverrides(undefined, { SLUICE_OVERRIDES: '' }, silentLogger)).toEqual({});
  });

  it('from a variable are left out in production, with a warning', () => {
    const { logger, warnings } = listening();
    expect(readOverrides({ a: true }, { SLUICE_OVERRIDES: '{"b": true}', NODE_ENV: 'production' }, logger)).toEqual({ a: true });
    expect(warnings).toEqual(['SLUICE_OVERRIDES is left out, because NODE_ENV is production']);
  });

  it('that cannot be read say where and why', () => {
    expect(() => readOverrides(join(folder, 'none.json'), {}, silentLogger)).toThrow('none.json cannot be read');
    expect(() => readOverrides(undefined, { SLUICE_OVERRIDES: '{"c": tru' }, silentLogger)).toThrow(
      'SLUICE_OVERRIDES must hold JSON',
    );
    writeFileSync(join(folder, 'mine.json'), '[true]');
    expect(() => readOverrides(join(folder, 'mine.json'), {}, silentLogger)).toThrow('mine.json must be an object such as');
  });
});
