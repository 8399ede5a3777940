/** What the exit code of a command means: the one table of them. */
import type { ErrorCode } from '@sluice/core';

export const EXIT_CODES = {
  ok: 0,
  refused: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  unavailable: 5,
  unauthorized: 6,
  differs: 7,
  failed: 8,
  internal: 70,
} as const;
export type Exit = keyof typeof EXIT_CODES;

export const EXIT_MEANINGS: Readonly<Record<Exit, string>> = {
  ok: 'it is done, or was so already',
  refused: 'it is not allowed in the present state, or was not confirmed',
  usage: 'the command, or what it was given, is wrong',
  notFound: 'there is no such thing',
  conflict: 'somebody else was first, or owns what was to be changed',
  unavailable: 'server, network or disk failed; the same command may succeed later',
  unauthorized: 'the token is missing, wrong or may not do this',
  differs: '`plan diff`: applying the plan would change something',
  failed: 'a rollout that was watched did not end completed',
  internal: 'a fault in this program',
};

const OF_ERRORS: Readonly<Record<ErrorCode, Exit>> = {
  invalid: 'usage',
  notFound: 'notFound',
  conflict: 'conflict',
  repeated: 'conflict',
  refused: 'refused',
  unauthorized: 'unauthorized',
  unavailable: 'unavailable',
};

export function exitOf(code: ErrorCode): Exit {
  return OF_ERRORS[code];
}
