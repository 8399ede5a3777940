/** The `sluice` command as a process. */
import { homedir } from 'node:os';
import logUpdate from 'log-update';
import { runCli } from './run.ts';
import { processTerminal } from './terminal.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads, as `head` does, may have had enough.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await runCli(process.argv.slice(2), processTerminal(homedir(), logUpdate));
