/** Where Sluice tells of what it does; silent unless an application hands in a logger. */
import { describeFailure } from './failure.ts';

/**
 * `console` fits as it is, and so does any logger that takes a message and then details. Pino takes them the other way round:
 * `{ warn: (message, details) => pino.warn(details ?? {}, message), … }`.
 */
export interface Logger {
  /** Steps that only matter when looking for a fault. */
  debug(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** What went as planned and changed something: every transition. */
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** What somebody should look at soon: traffic is served, but something is missing or refused. */
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** What failed. */
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
}

export const silentLogger: Logger = Object.freeze({
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
});

/** The same logger for callers that promise never to throw: a failure of `logger` itself becomes a process warning. */
export function neverThrowing(logger: Logger): Logger {
  const guarded =
    (level: keyof Logger): Logger['info'] =>
    (message, details) => {
      try {
        if (details === undefined) logger[level](message);
        else logger[level](message, details);
      } catch (error) {
        process.emitWarning(`the logger of Sluice failed (${describeFailure(error)}) and this is lost: ${message}`);
      }
    };
  return { debug: guarded('debug'), info: guarded('info'), warn: guarded('warn'), error: guarded('error') };
}
