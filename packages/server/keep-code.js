/** Keeps V8's code of the program in the folder that is named, after a start on a database of its own: of every function that a start calls. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder] = process.argv.slice(2);
const { loadProgram } = await import(pathToFileURL(join(folder, 'load-program.js')).href);
const file = readdirSync(folder).find((name) => name.endsWith('.cjs'));
const { program, script, codePath } = loadProgram(file);
const dataFolder = mkdtempSync(join(tmpdir(), 'sluice-code-'));
const settings = { ...program.readSettings({ SLUICE_LOG_LEVEL: 'silent' }), dataFolder, port: 0 };
const server = await program.startServer(settings, program.serverLog(settings));
await fetch(`${server.url}/readyz`);
writeFileSync(codePath, script.createCachedData());
await server.close();
rmSync(dataFolder, { recursive: true });
process.exit(0);
