/** The peers, each with the same flags in its own format, events and metrics off. */
import { COUNTRIES, FLAGS, flagName, kindOf } from './workload.js';

const indices = Array.from({ length: FLAGS }, (_, index) => index);
const byName = (make) => Object.fromEntries(indices.map((index) => [flagName(index), make(index)]));
const names = indices.map(flagName);

const askAll = (ask) => (unit) => {
  let on = 0;
  for (const name of names) if (ask(name, unit)) on += 1;
  return on;
};

function flagdFlag(index) {
  const fractional = (...parts) => ({ fractional: parts });
  const bool = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
  if (kindOf(index) === 'W1') return { ...bool, targeting: fractional(['on', 10], ['off', 90]) };
  const pro = { and: [{ in: [{ var: 'country' }, COUNTRIES] }, { '==': [{ var: 'plan' }, 'pro'] }] };
  if (kindOf(index) === 'W2') return { ...bool, targeting: { if: [pro, fractional(['on', 25], ['off', 75]), 'off'] } };
  return {
    state: 'ENABLED',
    variants: { a: 'a', b: 'b', c: 'c' },
    defaultVariant: 'a',
    targeting: fractional(['a', 1], ['b', 1], ['c', 1]),
  };
}

export async function makeFlagd(units) {
  const { FlagdCore } = await import('@openfeature/flagd-core');
  const core = new FlagdCore();
  const flags = byName(flagdFlag);
  core.setConfigurations(JSON.stringify({ flags }));
  const bool = (name, unit) => core.resolveBooleanEvaluation(name, false, unit).value;
  const text = (name, unit) => core.resolveStringEvaluation(name, 'a', unit).value;
  const contexts = units.map(({ id, country, plan }) => ({ targetingKey: id, country, plan }));
  return {
    units: contexts,
    W1: bool,
    W2: bool,
    W3: text,
    W4: askAll((name, unit) => (name.includes('W3') ? text(name, unit) : bool(name, unit))),
  };
}

export async function makeFeaturevisor(units) {
  const { createInstance } = await import('@featurevisor/sdk');
  const features = byName((index) => {
    const kind = kindOf(index);
    const rule = {
      key: '1',
      segments: kind === 'W2' ? 'pros' : '*',
      percentage: kind === 'W1' ? 10_000 : kind === 'W2' ? 25_000 : 100_000,
    };
    if (kind !== 'W3') return { key: flagName(index), bucketBy: 'userId', traffic: [{ ...rule, allocation: [] }] };
    const allocation = [
      { variation: 'a', range: [0, 33_333] },
      { variation: 'b', range: [33_333, 66_666] },
      { variation: 'c', range: [66_666, 100_000] },
    ];
    return {
      key: flagName(index),
      bucketBy: 'userId',
      variations: [{ value: 'a' }, { value: 'b' }, { value: 'c' }],
      traffic: [{ ...rule, allocation }],
    };
  });
  const conditions = [
    { attribute: 'country', operator: 'in', value: COUNTRIES },
    { attribute: 'plan', operator: 'equals', value: 'pro' },
  ];
  const sdk = createInstance({
    datafile: { schemaVersion: '2', revision: '1', features, segments: { pros: { key: 'pros', conditions } } },
    logLevel: 'fatal',
  });
  const bool = (name, unit) => sdk.isEnabled(name, unit);
  const text = (name, unit) => sdk.getVariation(name, unit);
  const contexts = units.map(({ id, country, plan }) => ({ userId: id, country, plan }));
  return {
    units: contexts,
    W1: bool,
    W2: bool,
    W3: text,
    W4: askAll((name, unit) => (name.includes('W3') ? text(name, unit) : bool(name, unit))),
  };
}

export async function makeGrowthBook(units) {
  const { GrowthBookClient } = await import('@growthbook/growthbook');
  const client = new GrowthBookClient();
  const features = byName((index) => {
    const kind = kindOf(index);
    if (kind === 'W1') return { defaultValue: false, rules: [{ force: true, coverage: 0.1, hashAttribute: 'id' }] };
    if (kind === 'W2')
      return {
        defaultValue: false,
        rules: [{ condition: { country: { $in: COUNTRIES }, plan: 'pro' }, force: true, coverage: 0.25, hashAttribute: 'id' }],
      };
    return {
      defaultValue: 'a',
      rules: [{ variations: ['a', 'b', 'c'], weights: [0.3334, 0.3333, 0.3333], hashAttribute: 'id', key: flagName(index) }],
    };
  });
  client.initSync({ payload: { features } });
  const bool = (name, unit) => client.isOn(name, unit);
  const text = (name, unit) => client.getFeatureValue(name, 'a', unit);
  const contexts = units.map(({ id, country, plan }) => ({ attributes: { id, country, plan } }));
  return {
    units: contexts,
    W1: bool,
    W2: bool,
    W3: text,
    W4: askAll((name, unit) => (name.includes('W3') ? text(name, unit) : bool(name, unit))),
  };
}

export async function makeUnleash(units) {
  const { Unleash } = await import('unleash-client');
  const flexible = (rollout, constraints = []) => [
    { name: 'flexibleRollout', parameters: { rollout: String(rollout), stickiness: 'userId', groupId: 'g' }, constraints },
  ];
  const pros = [
    { contextName: 'country', operator: 'IN', values: COUNTRIES },
    { contextName: 'plan', operator: 'IN', values: ['pro'] },
  ];
  const variants = ['a', 'b', 'c'].map((name) => ({
    name,
    weight: name === 'a' ? 334 : 333,
    stickiness: 'userId',
    payload: { type: 'string', value: name },
  }));
  const data = indices.map((index) => {
    const kind = kindOf(index);
    const strategies = kind === 'W1' ? flexible(10) : kind === 'W2' ? flexible(25, pros) : flexible(100);
    return { name: flagName(index), enabled: true, strategies, variants: kind === 'W3' ? variants : [] };
  });
  const unleash = new Unleash({
    appName: 'bench',
    url: 'http://127.0.0.1:9/',
    refreshInterval: 0,
    disableMetrics: true,
    bootstrap: { data },
    skipInstanceCountWarning: true,
    backupPath: '/tmp',
  });
  unleash.on('error', () => {});
  unleash.on('warn', () => {});
  await new Promise((resolve) => unleash.once('ready', resolve));
  const bool = (name, unit) => unleash.isEnabled(name, unit);
  const text = (name, unit) => unleash.getVariant(name, unit).name;
  const contexts = units.map(({ id, country, plan }) => ({ userId: id, properties: { country, plan } }));
  return {
    units: contexts,
    W1: bool,
    W2: bool,
    W3: text,
    W4: askAll((name, unit) => (name.includes('W3') ? text(name, unit) : bool(name, unit))),
    close: () => unleash.destroy(),
  };
}
