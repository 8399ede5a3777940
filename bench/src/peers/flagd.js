/** The in-process evaluator of flagd. */
import { FlagdCore } from '@openfeature/flagd-core';
import { askEach, COUNTRIES, FLAGS, flagName, kindOf } from '../workload.js';

const fractional = (...parts) => ({ fractional: parts });

function flagOf(index) {
  const bool = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
  if (kindOf(index) === 'W1') return { ...bool, targeting: fractional(['on', 10], ['off', 90]) };
  const pro = { and: [{ in: [{ var: 'country' }, COUNTRIES] }, { '==': [{ var: 'plan' }, 'pro'] }] };
  if (kindOf(index) === 'W2') return { ...bool, targeting: { if: [pro, fractional(['on', 25], ['off', 75]), 'off'] } };
  const variants = { a: 'a', b: 'b', c: 'c' };
  return { state: 'ENABLED', variants, defaultVariant: 'a', targeting: fractional(['a', 1], ['b', 1], ['c', 1]) };
}

export async function makeFlagd(units) {
  const core = new FlagdCore();
  const flags = Object.fromEntries(Array.from({ length: FLAGS }, (_, index) => [flagName(index), flagOf(index)]));
  core.setConfigurations(JSON.stringify({ flags }));
  const bool = (name, unit) => core.resolveBooleanEvaluation(name, false, unit).value;
  const text = (name, unit) => core.resolveStringEvaluation(name, 'a', unit).value;
  const contexts = units.map(({ id, country, plan }) => ({ targetingKey: id, country, plan }));
  return { units: contexts, W1: bool, W2: bool, W3: text, W4: askEach(bool, text) };
}
