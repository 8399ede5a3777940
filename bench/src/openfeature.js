/**
 * Prints what a flag of a server costs to ask in this process: through the library, through a connection, through the provider and through OpenFeature's
 * own client; and what the page's provider weighs. Rounds are interleaved, and the best of each counts.
 */
import { gzipSync } from 'node:zlib';
import { OpenFeature } from '@openfeature/server-sdk';
import { build } from 'esbuild';
import { connect } from '../../packages/client/dist/index.js';
import { createSluice, memoryStore } from '../../packages/engine/dist/index.js';
import { SluiceProvider } from '../../packages/openfeature/dist/server.js';
import { definitionServer } from './definition-server.js';

const FLAGS = 1_000;
const UNITS = 131_072;
const CALLS = 200_000;
const ROUNDS = 9;

const names = Array.from({ length: FLAGS }, (_, index) => `flag_${index}`);
const ids = Array.from({ length: UNITS }, (_, index) => `user-${(index * 2_654_435_761) >>> 0}-${index}`);
const units = ids.map((userId) => ({ userId, attributes: { plan: 'pro' } }));
const contexts = ids.map((targetingKey) => ({ targetingKey, plan: 'pro' }));

const library = createSluice({ store: memoryStore() });
for (const name of names) await library.flags.setFlag(name, { enabled: true, rolloutPercentage: 10 });
const server = await definitionServer(library);
const connection = connect({ url: server.url, deadStreamMs: 3_600_000 });
await connection.ready();
const provider = new SluiceProvider(connection);
await provider.initialize();
await OpenFeature.setProviderAndWait('ours', provider);
const trivial = {
  metadata: { name: 'trivial' },
  resolveBooleanEvaluation: async (_key, value) => ({ value, reason: 'STATIC' }),
};
await OpenFeature.setProviderAndWait('trivial', trivial);
const [ours, bare] = [OpenFeature.getClient('ours'), OpenFeature.getClient('trivial')];

const asked = {
  'library isEnabled': (name, index) => library.flags.isEnabled(name, units[index]),
  'connection isEnabled': (name, index) => connection.isEnabled(name, units[index]),
  'connection evaluate': (name, index) => connection.evaluate(name, units[index], null),
  'provider resolveBoolean': (name, index) => provider.resolveBooleanEvaluation(name, false, contexts[index]),
};
const awaited = {
  'OpenFeature client, trivial provider': (name, index) => bare.getBooleanValue(name, false, contexts[index]),
  'OpenFeature client, our provider': (name, index) => ours.getBooleanValue(name, false, contexts[index]),
};

const nanoseconds = ({ user, system }, calls) => (1_000 * (user + system)) / calls;
const best = Object.fromEntries([...Object.keys(asked), ...Object.keys(awaited)].map((name) => [name, Number.POSITIVE_INFINITY]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, ask] of Object.entries(asked)) {
    const from = process.cpuUsage();
    for (let call = 0; call < CALLS; call++) ask(names[(call * 7_919) % FLAGS], (call * 104_729) % UNITS);
    best[name] = Math.min(best[name], nanoseconds(process.cpuUsage(from), CALLS));
  }
  for (const [name, ask] of Object.entries(awaited)) {
    const from = process.cpuUsage();
    for (let call = 0; call < CALLS / 10; call++) await ask(names[(call * 7_919) % FLAGS], (call * 104_729) % UNITS);
    best[name] = Math.min(best[name], nanoseconds(process.cpuUsage(from), CALLS / 10));
  }
}
for (const [name, ns] of Object.entries(best)) console.log(`${name.padEnd(40)} ${ns.toFixed(0).padStart(7)} ns`);
const share = best['provider resolveBoolean'] - best['connection evaluate'];
console.log(`${"provider's own share (target ≤ 300 ns)".padEnd(40)} ${share.toFixed(0).padStart(7)} ns`);
const ratio = best['connection isEnabled'] / best['library isEnabled'];
console.log(`${'connection against library'.padEnd(40)} ${ratio.toFixed(2).padStart(7)} ×`);

async function gzipped(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    ...{ bundle: true, minify: true, write: false, format: 'esm', target: 'es2022', platform: 'browser' },
    alias: { '@openfeature/web-sdk': import.meta.resolve('@openfeature/web-sdk').replace('file://', '') },
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}
const sdk = await gzipped("export * from '@openfeature/web-sdk';");
const both = await gzipped(
  "export * from '@openfeature/web-sdk'; export { SluiceWebProvider } from '../../packages/openfeature/dist/web.js';",
);
console.log(`${'web-sdk, min+gzip'.padEnd(40)} ${String(sdk).padStart(7)} bytes`);
console.log(`${'our provider on top (target ≤ 2048)'.padEnd(40)} ${String(both - sdk).padStart(7)} bytes`);

await OpenFeature.clearProviders();
await connection.close();
server.close();
await library.close();
