/** Ours, through the public classes, from a flag file and with statistics on. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice } from '../../packages/engine/dist/index.js';
import { askEach, COUNTRIES, FLAGS, flagName, kindOf } from './workload.js';

const THIRDS = { values: { off: 0, a: 1, b: 2, c: 3 }, off: 'off', on: 'a', split: { a: 33.333, b: 33.333, c: 33.334 } };

function fileFlag(index) {
  const base = { name: flagName(index) ?? `more-${index}`, status: 'percentage', enabled_users: [], enabled_groups: [] };
  const kind = kindOf(index % FLAGS);
  if (kind === 'W1') return { ...base, rollout_percentage: 10, conditions: {} };
  if (kind === 'W2') return { ...base, rollout_percentage: 25, conditions: { country: COUNTRIES, plan: 'pro' } };
  return { ...base, rollout_percentage: 100, conditions: {}, variants: THIRDS };
}

/** A flag file of so many flags, in a directory of its own; beyond the workload's flags the same kinds again. */
export function writeFlagFile(count) {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-bench-')), 'feature_flags.json');
  writeFileSync(file, JSON.stringify({ flags: Array.from({ length: count }, (_, index) => fileFlag(index)) }, null, 2));
  return file;
}

export async function makeSluice(units) {
  const file = writeFlagFile(FLAGS);
  const { flags } = createSluice({ file });
  const isEnabled = (name, unit) => flags.isEnabled(name, unit);
  const getVariant = (name, unit) => flags.getVariant(name, unit);
  let on = 0;
  const take = (_name, value) => {
    if (value === true || value === THIRDS.values.a) on += 1;
  };
  return {
    flags,
    units: units.map(({ id, country, plan }) => ({ userId: id, attributes: { country, plan } })),
    W1: isEnabled,
    W2: isEnabled,
    W3: getVariant,
    W4: (unit) => {
      on = 0;
      flags.evaluateAll(unit).forEachValue(take);
      return on;
    },
    'W4 loop': askEach(isEnabled, getVariant),
    close: () => flags.close(),
  };
}
