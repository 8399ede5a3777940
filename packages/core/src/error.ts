/** The one error class of Sluice and the table of its codes. */

/**
 * - `invalid`: the caller's input breaks a rule; `issues` names each place
 * - `notFound`: nothing has this key
 * - `conflict`: somebody else changed the record first; read again and decide again
 * - `refused`: the input is well-formed but not allowed in this state
 * - `unauthorized`: this actor may not do this
 * - `repeated`: a change of this request was kept already; `repeats` is its receipt
 * - `unavailable`: the world failed (disk, network, store); the same call may succeed later
 */
export const ERROR_CODES = ['invalid', 'notFound', 'conflict', 'refused', 'unauthorized', 'repeated', 'unavailable'] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** One thing wrong with an input. `path` is a JSON pointer (`/flags/0/status`); line and column, from 1, exist when the input was a text. */
export interface Issue {
  readonly path: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** Names the request that a change was made for, so that the same request makes no second one. */
export interface Receipt {
  /** As whoever sends requests has it; the same in all scopes. */
  readonly id: string;
  /** What was asked: a request with a kept id and another fingerprint is a mistake, and no repetition. */
  readonly fingerprint: string;
}

/** Distinguish by `code`, never by subclass: a code survives bundlers and the wire. */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];
  /** Of a `repeated` request: the receipt that is kept, with the fingerprint of what was asked first. Null for all other codes. */
  readonly repeats: Receipt | null;

  constructor(code: ErrorCode, message: string, details: { issues?: readonly Issue[]; cause?: unknown; repeats?: Receipt } = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.issues = details.issues ?? [];
    this.repeats = details.repeats ?? null;
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
