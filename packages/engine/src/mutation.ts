/** Who changes something and why, as callers may leave it out. */
import { type Attribution, fittedReason, type Receipt, SluiceError, textProblem } from '@sluice/core';
import { describeValue } from './failure.ts';

export interface MutationOptions {
  /** Why; kept in the history. */
  readonly reason?: string;
  /** Who; `local` unless given. */
  readonly actor?: string;
  /**
   * The request that this is done for: done a second time for the same `id`, within at least 24 hours, it is refused as `repeated`, whatever else there is
   * to say. A call that commits more than once uses it for its first commit.
   */
  readonly request?: Receipt;
}

/** Of an edit of one record. */
export interface EditOptions extends MutationOptions {
  /** The revision that was seen: of another one, nothing is changed. 0 is that there is no such record. */
  readonly ifRevision?: number;
}

const MAX_RECEIPT_LENGTH = 512;
const MAX_ACTOR_LENGTH = 512;

export const MUTATION_OPTIONS: readonly string[] = ['reason', 'actor', 'request'];
export const EDIT_OPTIONS: readonly string[] = [...MUTATION_OPTIONS, 'ifRevision'];

/** @throws SluiceError `invalid` when who or why is no text */
export function attributionOf(options: MutationOptions = {}): Attribution {
  if (typeof options !== 'object' || options === null)
    throw new SluiceError('invalid', `options must be an object such as { reason, actor }; it is ${describeValue(options)}`);
  const { actor = 'local', reason = '' } = options;
  const unnamed =
    typeof actor === 'string' && actor !== '' ? textProblem(actor, MAX_ACTOR_LENGTH) : 'must be a text that is not empty';
  const unfit = typeof reason === 'string' ? textProblem(reason) : 'must be a text';
  if (unnamed === null && unfit === null) return { actor, reason };
  const [path, message] =
    unfit === null
      ? ['/actor', `${unnamed}; it is ${describeValue(actor)}`]
      : ['/reason', `${unfit}; it is ${describeValue(reason)}`];
  throw new SluiceError('invalid', `${path} ${message}`, { issues: [{ path, message }] });
}

/** The request of `options`; undefined when there is none. @throws SluiceError `invalid` */
export function requestOf({ request }: MutationOptions = {}): Receipt | undefined {
  if (request === undefined) return undefined;
  const { id, fingerprint } = (typeof request === 'object' && request !== null ? request : {}) as Partial<Receipt>;
  const isText = (text: unknown): boolean => typeof text === 'string' && text !== '' && text.length <= MAX_RECEIPT_LENGTH;
  if (isText(id) && isText(fingerprint)) return { id: id as string, fingerprint: fingerprint as string };
  const message = `must be { id, fingerprint }, texts of 1 to ${MAX_RECEIPT_LENGTH} characters; it is ${describeValue(request)}`;
  throw new SluiceError('invalid', `/request ${message}`, { issues: [{ path: '/request', message }] });
}

/** A misspelt option must not pass for one that was left out. @throws SluiceError `invalid` naming the first stranger, or what is no object at all */
export function checkOptions(what: string, options: unknown, known: readonly string[]): asserts options is object {
  checkIsObject(what, options);
  const stranger = Object.keys(options).find((key) => !known.includes(key));
  if (stranger === undefined) return;
  const message = `is not an option of ${what}; there are ${known.join(', ')}`;
  throw new SluiceError('invalid', `/${stranger} ${message}`, { issues: [{ path: `/${stranger}`, message }] });
}

/** @throws SluiceError `invalid` naming what was given instead */
export function checkIsObject(what: string, options: unknown): asserts options is object {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw new SluiceError('invalid', `${what}: the options must be an object; they are ${describeValue(options)}`, {
    issues: [{ path: '', message: 'must be an object' }],
  });
}

/** Of a kill or a rollback: it does not fail because its reason is too long or cannot be written, of which as much is kept as can be. */
export function emergencyAttributionOf(options: MutationOptions = {}): Attribution {
  const reason: unknown = options?.reason;
  return attributionOf(typeof reason === 'string' ? { ...options, reason: fittedReason(reason) } : options);
}

/** For what must not happen without a reason. @throws SluiceError `invalid` when there is none */
export function attributionWithReason(what: string, options: MutationOptions, read = attributionOf): Attribution {
  const by = read(options);
  if (by.reason.trim() !== '') return by;
  throw new SluiceError('invalid', `${what} needs a reason, such as { reason: 'error rate above 5 %' }`, {
    issues: [{ path: '/reason', message: 'must say why' }],
  });
}
