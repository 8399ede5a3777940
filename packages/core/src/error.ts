/** The one error class of Sluice and the table of its codes. */

/**
 * - `invalid`: the caller's input breaks a rule; `issues` names each place
 * - `notFound`: nothing has this key
 * - `conflict`: somebody else changed the record first; read again and decide again
 * - `refused`: the input is well-formed but not allowed in this state
 * - `unauthorized`: this actor may not do this
 * - `unavailable`: the world failed (disk, network, store); the same call may succeed later
 */
export const ERROR_CODES = ['invalid', 'notFound', 'conflict', 'refused', 'unauthorized', 'unavailable'] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** One thing wrong with an input. `path` is a JSON pointer (`/flags/0/status`); line and column, from 1, exist when the input was a text. */
export interface Issue {
  readonly path: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** Distinguish by `code`, never by subclass: a code survives bundlers and the wire. */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];

  constructor(code: ErrorCode, message: string, details: { issues?: readonly Issue[]; cause?: unknown } = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.issues = details.issues ?? [];
  }
}

/** A decision's way to say no: a value, because refusing is an expected outcome. */
export interface Refusal {
  readonly refused: string;
  readonly code: ErrorCode;
  /** The places of what was given that are wrong, where they are known. */
  readonly issues?: readonly Issue[];
}

export function refuse(refused: string, code: ErrorCode = 'refused', issues: readonly Issue[] = []): Refusal {
  return issues.length === 0 ? { refused, code } : { refused, code, issues };
}

/** An input that does not fit what is there: `subject` is whose it is, such as `flag "checkout"`. */
export function refuseIssues(subject: string, issues: readonly Issue[]): Refusal {
  return refuse(`${subject}: ${issues.map(({ path, message }) => `${path} ${message}`).join('; ')}`, 'invalid', issues);
}

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value;
}
