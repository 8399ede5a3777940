/** The server as a process, told by its environment. */
import { SluiceError } from 'sluice';
import { serverLog } from './request-log.ts';
import { readSettings } from './settings.ts';
import { type RunningServer, startServer } from './start.ts';

/** Requests and streams that have not ended by then are cut off. */
const SHUTDOWN_MS = 15_000;
/** npm passes on what the terminal sends to all of its programs, so that one Ctrl-C may arrive twice. */
const SAME_SIGNAL_MS = 250;

async function run(): Promise<void> {
  const settings = readSettings(process.env);
  const log = serverLog(settings);
  let server: RunningServer | null = null;
  let stoppingSince: number | null = null;
  const stop = async (signal: string): Promise<void> => {
    if (stoppingSince !== null) {
      if (performance.now() - stoppingSince < SAME_SIGNAL_MS) return;
      log.warn({ signal }, 'ending at once: it was told so again');
      process.exit(1);
    }
    stoppingSince = performance.now();
    log.info({ signal }, 'shutting down');
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
    await server?.close();
    process.exit(0);
  };
  // A server that waits for its database can be ended, too: it has taken nothing.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  server = await startServer(settings, log);
}

/** Until it is told to end: by a signal, or because it cannot begin. */
export function runServer(): void {
  run().catch((error: unknown) => {
    process.stderr.write(`sluice: ${error instanceof SluiceError ? error.message : String((error as Error)?.stack ?? error)}\n`);
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 1000).unref();
  });
}
