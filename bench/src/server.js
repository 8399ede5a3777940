/** Measures the server process against node:http alone, in one run: OFREP, its start, what it holds. `--json` prints JSON; `start` or `ofrep` measures only that. */
import { loadavg } from 'node:os';
import { measureOfrep } from './server-ofrep.js';
import { measureStart } from './server-start.js';

const only = process.argv.find((argument) => ['start', 'ofrep'].includes(argument));
const isAsked = (part) => only === undefined || only === part;
const report = {
  node: process.version,
  loadAverage: loadavg()[0],
  start: isAsked('start') ? await measureStart() : {},
  ofrep: isAsked('ofrep') ? await measureOfrep() : {},
};
const figures = (value) =>
  JSON.stringify(value, (_, member) => (typeof member === 'number' ? Number(member.toPrecision(3)) : member));
const print = (text) => process.stdout.write(`${text}\n`);

if (process.argv.includes('--json')) print(JSON.stringify(report, null, 2));
else {
  print(`Node ${report.node}, load average at the start ${report.loadAverage}`);
  for (const [name, value] of Object.entries(report.start)) print(`start and idle memory, ${name}: ${figures(value)}`);
  for (const [workload, servers] of Object.entries(report.ofrep)) {
    for (const [name, value] of Object.entries(servers)) print(`OFREP ${workload}, ${name}: ${figures(value)}`);
    const ratio = (name) => (servers.sluice.cpuUs / servers[name].cpuUs).toPrecision(3);
    print(`OFREP ${workload}, processor time a request: ${ratio('bare node:http')} × bare, ${ratio('replay')} × replay`);
  }
}
process.exit(0);
