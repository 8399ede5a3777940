/** GrowthBook's client for many users, without a tracking callback. */
import { GrowthBookClient } from '@growthbook/growthbook';
import { askEach, COUNTRIES, FLAGS, flagName, kindOf } from '../workload.js';

const PRO = { country: { $in: COUNTRIES }, plan: 'pro' };

function featureOf(index) {
  const kind = kindOf(index);
  if (kind === 'W1') return { defaultValue: false, rules: [{ force: true, coverage: 0.1, hashAttribute: 'id' }] };
  if (kind === 'W2')
    return { defaultValue: false, rules: [{ condition: PRO, force: true, coverage: 0.25, hashAttribute: 'id' }] };
  const experiment = { variations: ['a', 'b', 'c'], weights: [0.3334, 0.3333, 0.3333], hashAttribute: 'id' };
  return { defaultValue: 'a', rules: [{ ...experiment, key: flagName(index) }] };
}

export async function makeGrowthBook(units) {
  const features = Object.fromEntries(Array.from({ length: FLAGS }, (_, index) => [flagName(index), featureOf(index)]));
  const client = new GrowthBookClient();
  client.initSync({ payload: { features } });
  const bool = (name, unit) => client.isOn(name, unit);
  const text = (name, unit) => client.getFeatureValue(name, 'a', unit);
  const contexts = units.map(({ id, country, plan }) => ({ attributes: { id, country, plan } }));
  return { units: contexts, W1: bool, W2: bool, W3: text, W4: askEach(bool, text) };
}
