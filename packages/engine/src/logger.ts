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

/** A logger that fails in ever new ways is not listened to for ever. */
const MAX_CAUSES = 20;

/**
 * The same logger for callers that promise never to throw: a failure of `logger` itself, also of a promise that it answers, becomes a process
 * warning, once for each cause.
 */
export function neverThrowing(logger: Logger): Logger {
  const told = new Set<string>();
  const failed = (error: unknown, message: string): void => {
    const cause = describeFailure(error);
    if (told.has(cause) || told.size >= MAX_CAUSES) return;
    told.add(cause);
    process.emitWarning(
      `the logger of Sluice failed (${cause}) and this is lost, with all that fails for the same cause: ${message}`,
    );
  };
  const guarded =
    (level: keyof Logger): Logger['info'] =>
    (message, details) => {
      try {
        const result: unknown = details === undefined ? logger[level](message) : logger[level](message, details);
        if (result instanceof Promise) result.catch((error: unknown) => failed(error, message));
      } catch (error) {
        failed(error, message);
      }
    };
  return { debug: guarded('debug'), info: guarded('info'), warn: guarded('warn'), error: guarded('error') };
}
