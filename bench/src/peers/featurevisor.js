/** Featurevisor's SDK over a datafile of version 2. */
import { createInstance } from '@featurevisor/sdk';
import { askEach, COUNTRIES, FLAGS, flagName, kindOf } from '../workload.js';

const PERCENTAGES = { W1: 10_000, W2: 25_000, W3: 100_000 };
const VARIATIONS = [{ value: 'a' }, { value: 'b' }, { value: 'c' }];
const ALLOCATION = [
  { variation: 'a', range: [0, 33_333] },
  { variation: 'b', range: [33_333, 66_666] },
  { variation: 'c', range: [66_666, 100_000] },
];
const PROS = {
  key: 'pros',
  conditions: [
    { attribute: 'country', operator: 'in', value: COUNTRIES },
    { attribute: 'plan', operator: 'equals', value: 'pro' },
  ],
};

function featureOf(index) {
  const kind = kindOf(index);
  const allocation = kind === 'W3' ? ALLOCATION : [];
  const rule = { key: '1', segments: kind === 'W2' ? 'pros' : '*', percentage: PERCENTAGES[kind], allocation };
  const feature = { key: flagName(index), bucketBy: 'userId', traffic: [rule] };
  return kind === 'W3' ? { ...feature, variations: VARIATIONS } : feature;
}

export async function makeFeaturevisor(units) {
  const features = Object.fromEntries(Array.from({ length: FLAGS }, (_, index) => [flagName(index), featureOf(index)]));
  const sdk = createInstance({
    datafile: { schemaVersion: '2', revision: '1', features, segments: { pros: PROS } },
    logLevel: 'fatal',
  });
  const bool = (name, unit) => sdk.isEnabled(name, unit);
  const text = (name, unit) => sdk.getVariation(name, unit);
  const contexts = units.map(({ id, country, plan }) => ({ userId: id, country, plan }));
  return { units: contexts, W1: bool, W2: bool, W3: text, W4: askEach(bool, text) };
}
