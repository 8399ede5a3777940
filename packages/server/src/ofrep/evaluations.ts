/** What is answered to whoever was let in: one flag, and all flags, for one unit. */
import { actorOf } from '@sluice/core';
import type { OfrepBulkSuccess, OfrepFailure, OfrepSuccess } from '@sluice/protocol';
import type { Evaluation, Sluice } from 'sluice';
import type { Admitted } from '../authentication.ts';
import { canonicalText } from '../canonical-text.ts';
import { configEtag, digestOf } from '../config-etag.ts';
import type { Live } from '../live-routes.ts';
import { type AnswerOptions, ofrepAnswer, ofrepFailureOf } from './answer.ts';
import { type ReadContext, readContext } from './context.ts';

export interface Answered {
  readonly status: number;
  /** Names in lower case and their values by turns, beside those of every answer. */
  readonly headers: readonly string[];
  /** JSON; null where nothing follows the headers. */
  readonly text: string | null;
}

export interface EvaluationOptions {
  /** Whether only reasons and types of the published schema are answered. */
  readonly isStrict: boolean;
  /** Streams that tell of changes of the caller's environment. */
  readonly live: Pick<Live, 'eventStreams' | 'fingerprint'>;
}

/** What every answer of an environment says alike. */
interface Telling {
  readonly answering: AnswerOptions;
  /** An answer as a part of the text of all. */
  readonly describe: (key: string, evaluation: Evaluation<null>) => string;
}

interface Known {
  /** What the caller has already, as `If-None-Match` says. */
  readonly ifNoneMatch: string | undefined;
}

/** Of every answer that has a text. */
export const JSON_TYPE = 'application/json; charset=utf-8';

const NONE: readonly string[] = [];

export class OfrepEvaluations {
  readonly #options: EvaluationOptions;
  readonly #tellings = new WeakMap<Sluice, Telling>();

  constructor(options: EvaluationOptions) {
    this.#options = options;
  }

  /** Counts as an evaluation and an exposure, unless the body says otherwise. */
  one(admitted: Admitted, key: string, body: unknown): Answered {
    const sluice = sluiceOf(admitted);
    const read = readContext(body);
    const { answering } = this.#tellingOf(admitted, sluice);
    const answer = 'errorCode' in read ? ({ key, ...read } satisfies OfrepFailure) : answerOne(sluice, key, read, answering);
    return { status: statusOf(answer), headers: NONE, text: JSON.stringify(answer) };
  }

  /** Counts as no exposure. */
  all(admitted: Admitted, body: unknown, known: Known): Answered {
    const read = readContext(body);
    return 'errorCode' in read ? refused(read) : this.#all(admitted, read, known, false);
  }

  /** For a caller who was `told` of another configuration, perhaps by another replica, and must not be answered with what was before it. */
  async allAfter(told: string, admitted: Admitted, body: unknown, known: Known): Promise<Answered> {
    const read = readContext(body);
    if ('errorCode' in read) return refused(read);
    const isBehind = !isMatched(told, `"${await this.#options.live.fingerprint(admitted.scope)}"`);
    if (isBehind) await sluiceOf(admitted).flags.runtime.store.refresh();
    return this.#all(admitted, read, known, isBehind);
  }

  /** `isBehind` says that this replica had not heard of what its caller was told. */
  #all(admitted: Admitted, read: ReadContext, { ifNoneMatch }: Known, isBehind: boolean): Answered {
    const { isStrict, live } = this.#options;
    const sluice = sluiceOf(admitted);
    const seen = [configEtag(sluice), canonicalText(read.context), actorOf(admitted.principal), String(isStrict)];
    const etag = `"${digestOf(seen)}"`;
    const headers = ['etag', etag, 'cache-control', 'no-cache, private'];
    if (!isBehind && isMatched(ifNoneMatch, etag)) return { status: 304, headers, text: null };
    const { answering, describe } = this.#tellingOf(admitted, sluice);
    const streams = live.eventStreams(admitted);
    const answers = sluice.flags.evaluateAll(read.unit).map(describe);
    const rest = {
      metadata: { flagSetId: answering.flagSetId },
      ...(streams.length === 0 ? {} : { eventStreams: [...streams] }),
    };
    return { status: 200, headers, text: bulkText(answers, rest) };
  }

  #tellingOf({ scope: { project, environment } }: Admitted, sluice: Sluice): Telling {
    const known = this.#tellings.get(sluice);
    if (known !== undefined) return known;
    const answering = { isStrict: this.#options.isStrict, flagSetId: `${project}/${environment}` };
    const describe: Telling['describe'] = (key, evaluation) => JSON.stringify(ofrepAnswer(key, evaluation, answering));
    const telling = { answering, describe };
    this.#tellings.set(sluice, telling);
    return telling;
  }
}

function sluiceOf({ sluice }: Admitted): Sluice {
  if (sluice === null) throw new TypeError('OFREP is asked without an environment');
  return sluice;
}

function answerOne(sluice: Sluice, key: string, read: ReadContext, answering: AnswerOptions): OfrepSuccess | OfrepFailure {
  if (read.isExposure) return ofrepAnswer(key, sluice.flags.evaluate(key, read.unit, null), answering);
  const explained = sluice.flags.explain(key, read.unit);
  return explained === null ? ofrepFailureOf(key, 'FLAG_NOT_FOUND') : ofrepAnswer(key, explained, answering);
}

function statusOf(answer: OfrepSuccess | OfrepFailure): number {
  if (!('errorCode' in answer)) return 200;
  return answer.errorCode === 'FLAG_NOT_FOUND' ? 404 : 400;
}

function refused(read: object): Answered {
  return { status: 400, headers: NONE, text: JSON.stringify(read) };
}

/** The text of an `OfrepBulkSuccess`. */
function bulkText(answers: readonly string[], rest: Omit<OfrepBulkSuccess, 'flags'>): string {
  return `{"flags":[${answers.join(',')}],${JSON.stringify(rest).slice(1)}`;
}

/** A proxy that compresses makes a tag weak; it names the same state. */
function isMatched(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
