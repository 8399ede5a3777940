/** The log: JSON lines, without secrets. */
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import type { Logger } from 'sluice';
import type { Settings } from './settings.ts';

const SECRETS = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-api-key"]',
  '*.password',
  '*.secret',
  '*.token',
];

interface LoggedRequest {
  readonly method: string;
  readonly url: string;
  readonly ip?: string;
}

/** `destination` is standard output unless given. */
export function serverLog({ logLevel }: Pick<Settings, 'logLevel'>, destination?: DestinationStream): PinoLogger {
  const options = {
    level: logLevel,
    redact: { paths: SECRETS, censor: '[secret]' },
    serializers: {
      // A query may hold the token of a stream: it is not logged.
      req: ({ method, url, ip }: LoggedRequest) => ({ method, path: url.split('?', 1)[0], ip }),
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Pino takes details first and the message then. */
export function engineLog(log: PinoLogger): Logger {
  return {
    debug: (message, details) => log.debug(details ?? {}, message),
    info: (message, details) => log.info(details ?? {}, message),
    warn: (message, details) => log.warn(details ?? {}, message),
    error: (message, details) => log.error(details ?? {}, message),
  };
}
