/** Ours, through the public classes, with statistics on. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FeatureFlagManager, memoryStore } from '../../packages/engine/dist/index.js';
import { COUNTRIES, FLAGS, flagName, kindOf } from './workload.js';

const VARIANTS = { values: { off: 0, a: 1, b: 2, c: 3 }, off: 'off', on: 'a', split: { a: 33.333, b: 33.333, c: 33.334 } };

function fileFlag(index) {
  const base = { name: flagName(index), enabled_users: [], enabled_groups: [] };
  if (kindOf(index) === 'W1') return { ...base, status: 'percentage', rollout_percentage: 10, conditions: {} };
  if (kindOf(index) === 'W2')
    return { ...base, status: 'percentage', rollout_percentage: 25, conditions: { country: COUNTRIES, plan: 'pro' } };
  return { ...base, status: 'enabled', rollout_percentage: 100, conditions: {}, variants: VARIANTS };
}

/** A flag file of so many flags; names beyond the workload's are W1. */
export function writeFlagFile(count) {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-bench-')), 'feature_flags.json');
  const flags = Array.from({ length: count }, (_, index) =>
    index < FLAGS ? fileFlag(index) : { ...fileFlag(0), name: `more-${index}` },
  );
  writeFileSync(file, JSON.stringify({ flags }, null, 2));
  return file;
}

/** Loaded from a file, then kept in memory, so that the flush of statistics is a store's and not a disk's. */
export async function makeSluice(units) {
  const flags = new FeatureFlagManager({ store: memoryStore() });
  for (let index = 0; index < FLAGS; index++) {
    const { name, status, rollout_percentage: rolloutPercentage, conditions } = fileFlag(index);
    const variants =
      kindOf(index) === 'W3' ? { variants: VARIANTS.values, offVariant: 'off', onVariant: 'a', split: VARIANTS.split } : {};
    await flags.setFlag(name, { status, rolloutPercentage, conditions, ...variants });
  }
  const names = Array.from({ length: FLAGS }, (_, index) => flagName(index));
  let given = 0;
  const take = (_name, value) => {
    if (value) given += 1;
  };
  return {
    flags,
    units: units.map(({ id, country, plan }) => ({ userId: id, attributes: { country, plan } })),
    W1: (name, unit) => flags.isEnabled(name, unit),
    W2: (name, unit) => flags.isEnabled(name, unit),
    W3: (name, unit) => flags.getVariant(name, unit),
    W4: (unit) => {
      given = 0;
      flags.evaluateAll(unit).forEachValue(take);
      return given;
    },
    W4loop: (unit) => {
      let on = 0;
      for (const name of names) if (flags.isEnabled(name, unit)) on += 1;
      return on;
    },
    close: () => flags.close(),
  };
}
