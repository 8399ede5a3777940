/** The `sluice` command as a process. */
import { homedir } from 'node:os';
import logUpdate from 'log-update';
import { runCli } from './run.ts';
import { processTerminal } from './terminal.ts';

process.exitCode = await runCli(process.argv.slice(2), processTerminal(homedir(), logUpdate));
