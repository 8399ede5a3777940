/** Unleash's client from a bootstrap, without its metrics; the address leads nowhere. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unleash } from 'unleash-client';
import { askEach, COUNTRIES, FLAGS, flagName, kindOf } from '../workload.js';

const PROS = [
  { contextName: 'country', operator: 'IN', values: COUNTRIES },
  { contextName: 'plan', operator: 'IN', values: ['pro'] },
];
const VARIANTS = ['a', 'b', 'c'].map((name) => ({
  name,
  weight: name === 'a' ? 334 : 333,
  stickiness: 'userId',
  payload: { type: 'string', value: name },
}));
const ROLLOUTS = { W1: '10', W2: '25', W3: '100' };

function featureOf(index) {
  const [name, kind] = [flagName(index), kindOf(index)];
  const parameters = { rollout: ROLLOUTS[kind], stickiness: 'userId', groupId: name };
  const strategies = [{ name: 'flexibleRollout', parameters, constraints: kind === 'W2' ? PROS : [] }];
  return { name, enabled: true, strategies, variants: kind === 'W3' ? VARIANTS : [] };
}

export async function makeUnleash(units) {
  const unleash = new Unleash({
    appName: 'bench',
    url: 'http://127.0.0.1:9/',
    refreshInterval: 0,
    disableMetrics: true,
    skipInstanceCountWarning: true,
    bootstrap: { data: Array.from({ length: FLAGS }, (_, index) => featureOf(index)) },
    backupPath: mkdtempSync(join(tmpdir(), 'sluice-bench-')),
  });
  unleash.on('error', () => {});
  unleash.on('warn', () => {});
  await new Promise((resolve) => unleash.once('ready', resolve));
  const bool = (name, unit) => unleash.isEnabled(name, unit);
  const text = (name, unit) => unleash.getVariant(name, unit).name;
  const contexts = units.map(({ id, country, plan }) => ({ userId: id, properties: { country, plan } }));
  return { units: contexts, W1: bool, W2: bool, W3: text, W4: askEach(bool, text) };
}
