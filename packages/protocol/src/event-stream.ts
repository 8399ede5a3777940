/**
 * The text of server-sent events (WHATWG HTML, "Server-sent events", section 9.2.5 and 9.2.6), written and read. Written is UTF-8 with
 * LF; read is anything that the specification lets a server send, cut into chunks anywhere.
 */
import { SluiceError } from '@sluice/core';

/**
 * - `event`: what a client is told; `id` is null when the server gave none
 * - `id`: the place of the stream moved, and nothing else happened
 * - `retry`: how long to wait before connecting again, in whole milliseconds
 * - `comment`: says only that the server is there
 */
export type StreamPart =
  | { readonly kind: 'event'; readonly event: string; readonly data: string; readonly id: string | null }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'retry'; readonly ms: number }
  | { readonly kind: 'comment'; readonly text: string };

const LINE_ENDS = /\r\n|\r|\n/;

/**
 * A CR in the data of an event, or in a comment, comes back as LF: the format has no way to say it.
 *
 * @throws SluiceError `invalid` for what cannot be said: a line's end in an event's name or id, NUL in an id, an empty name, a wait that
 * is not a whole number
 */
export function encodePart(part: StreamPart): string {
  switch (part.kind) {
    case 'comment':
      return `${linesOf('', part.text)}\n`;
    case 'retry':
      if (!Number.isSafeInteger(part.ms) || part.ms < 0)
        throw new SluiceError('invalid', `retry must be whole milliseconds, 0 or more; it is ${part.ms}`);
      return `retry: ${part.ms}\n\n`;
    case 'id':
      return `${idLine(part.id)}\n`;
    case 'event':
      if (part.event === '' || LINE_ENDS.test(part.event))
        throw new SluiceError('invalid', `event must be a name in one line; it is ${JSON.stringify(part.event)}`);
      return `${part.id === null ? '' : idLine(part.id)}event: ${part.event}\n${linesOf('data', part.data)}\n`;
  }
}

function idLine(id: string): string {
  if (id.includes('\0') || LINE_ENDS.test(id))
    throw new SluiceError('invalid', `id must be one line without NUL; it is ${JSON.stringify(id)}`);
  return `id: ${id}\n`;
}

function linesOf(field: string, text: string): string {
  return text
    .split(LINE_ENDS)
    .map((line) => `${field}: ${line}\n`)
    .join('');
}

export interface EventStreamDecoderOptions {
  /** UTF-16 units that one event, or one line, may have; 64 Mi unless given. */
  readonly maxEventLength?: number;
}

/** Reads one stream from its first byte. An event that the end of the stream cuts is dropped, as the specification asks. */
export class EventStreamDecoder {
  readonly #maxLength: number;
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  #isAtStart = true;
  /** The last chunk ended in CR: a LF that comes first in the next belongs to it. */
  #endedInReturn = false;
  /** The line that has no end yet. */
  #line = '';
  #event = '';
  #data: string[] = [];
  #dataLength = 0;
  #id: string | null = null;

  constructor({ maxEventLength = 64 * 2 ** 20 }: EventStreamDecoderOptions = {}) {
    this.#maxLength = maxEventLength;
  }

  /**
   * What these bytes complete, in order.
   *
   * @throws SluiceError `invalid` when an event is longer than is allowed: the stream must be given up
   */
  push(chunk: Uint8Array | string): StreamPart[] {
    const text = this.#withoutMark(typeof chunk === 'string' ? chunk : this.#utf8.decode(chunk, { stream: true }));
    const parts: StreamPart[] = [];
    if (text === '') return parts;
    let start = this.#endedInReturn && text.startsWith('\n') ? 1 : 0;
    const ends = new RegExp(LINE_ENDS, 'g');
    ends.lastIndex = start;
    for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
      const line = this.#line + text.slice(start, end.index);
      this.#line = '';
      start = ends.lastIndex;
      const part = line === '' ? this.#finish() : this.#take(line);
      if (part !== null) parts.push(part);
    }
    this.#line += text.slice(start);
    this.#endedInReturn = text.endsWith('\r');
    this.#refuseLong();
    return parts;
  }

  #withoutMark(text: string): string {
    if (!this.#isAtStart || text === '') return text;
    this.#isAtStart = false;
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  }

  #take(line: string): StreamPart | null {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (colon === 0) return { kind: 'comment', text: value };
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#addData(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'retry' && /^[0-9]+$/.test(value)) return { kind: 'retry', ms: Number(value) };
    return null;
  }

  #addData(value: string): void {
    this.#data.push(value);
    this.#dataLength += value.length + 1;
    this.#refuseLong();
  }

  #finish(): StreamPart | null {
    const [event, data, id] = [this.#event, this.#data, this.#id];
    this.#event = '';
    this.#data = [];
    this.#dataLength = 0;
    this.#id = null;
    if (data.length > 0) return { kind: 'event', event: event === '' ? 'message' : event, data: data.join('\n'), id };
    return id === null ? null : { kind: 'id', id };
  }

  #refuseLong(): void {
    if (this.#dataLength + this.#line.length <= this.#maxLength) return;
    throw new SluiceError('invalid', `an event of the stream is longer than ${this.#maxLength} characters`);
  }
}
