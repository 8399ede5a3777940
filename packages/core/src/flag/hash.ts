/**
 * The 64-bit hash of a text's UTF-8 bytes, as two independent 32-bit lanes: wide enough that a billion unit keys do not
 * collide, and cheap in a language whose integers are 32 bits wide. `docs/bucketing.md` specifies it for other languages.
 *
 * The high lane is MurmurHash3_x86_32 with seed 0 (Appleby 2011). The low lane is the same construction with the
 * constants of the third lane of MurmurHash3_x86_128, because equal constants under another seed would let one lane's
 * collisions raise the odds of the other's.
 */

/** Signed 32-bit lanes: an unsigned value above 2^31 would become a heap object in V8 whenever it leaves a function. */
export interface KeyHash {
  high: number;
  low: number;
}

function scrambleHigh(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}

function scrambleLow(block: number): number {
  const k = Math.imul(block, 0x38b34ae5);
  return Math.imul((k << 17) | (k >>> 15), 0xa1e38b93);
}

function absorbHigh(lane: number, block: number): number {
  const h = lane ^ scrambleHigh(block);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function absorbLow(lane: number, block: number): number {
  const h = lane ^ scrambleLow(block);
  return (Math.imul((h << 15) | (h >>> 17), 5) + 0x96cd1c35) | 0;
}

/** The finaliser of MurmurHash3: every input bit reaches every output bit. */
export function avalanche(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Writes the hash of `text` into `into` and answers it. A lone surrogate hashes as U+FFFD, as in every well-formed UTF-8 encoder. */
export function hashText(text: string, into: KeyHash): KeyHash {
  return hashAscii(text, into) ? into : hashBytes(utf8Bytes(text), into);
}

/** Answers false, leaving `into` meaningless, when the text is not pure ASCII. */
function hashAscii(text: string, into: KeyHash): boolean {
  const length = text.length;
  const wholeBlocks = length & ~3;
  let high = 0;
  let low = 0;
  let seen = 0;
  for (let i = 0; i < wholeBlocks; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    seen |= a | b | c | d;
    const block = a | (b << 8) | (c << 16) | (d << 24);
    high = absorbHigh(high, block);
    low = absorbLow(low, block);
  }
  let tail = 0;
  for (let i = wholeBlocks; i < length; i++) {
    const code = text.charCodeAt(i);
    seen |= code;
    tail |= code << ((i & 3) << 3);
  }
  finish(high, low, tail, length, into);
  return seen < 0x80;
}

/** Writes the hash of these bytes into `into` and answers it. */
export function hashBytes(bytes: Uint8Array, into: KeyHash): KeyHash {
  const length = bytes.length;
  const wholeBlocks = length & ~3;
  let high = 0;
  let low = 0;
  for (let i = 0; i < wholeBlocks; i += 4) {
    const block = byteAt(bytes, i) | (byteAt(bytes, i + 1) << 8) | (byteAt(bytes, i + 2) << 16) | (byteAt(bytes, i + 3) << 24);
    high = absorbHigh(high, block);
    low = absorbLow(low, block);
  }
  let tail = 0;
  for (let i = wholeBlocks; i < length; i++) tail |= byteAt(bytes, i) << ((i & 3) << 3);
  return finish(high, low, tail, length, into);
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

function finish(high: number, low: number, tail: number, length: number, into: KeyHash): KeyHash {
  // A tail of zero scrambles to zero, so texts without one need no branch.
  into.high = avalanche(high ^ scrambleHigh(tail) ^ length);
  into.low = avalanche(low ^ scrambleLow(tail) ^ length);
  return into;
}

/** The number of bytes of the text in UTF-8, a lone surrogate counting as the three of U+FFFD. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) length += 1;
    else if (code < 0x800) length += 2;
    else if (isPairAt(text, i)) {
      length += 4;
      i++;
    } else length += 3;
  }
  return length;
}

function isPairAt(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
}

function utf8Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  let at = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) bytes[at++] = code;
    else if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6);
      bytes[at++] = 0x80 | (code & 0x3f);
    } else if (code < 0x10000) {
      bytes[at++] = 0xe0 | (code >> 12);
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
    } else {
      bytes[at++] = 0xf0 | (code >> 18);
      bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
    }
  }
  return bytes;
}

/** The 16 lower-case hexadecimal digits of the hash, high lane first: how a unit is named in the ledger. */
export function hashDigits(hash: KeyHash): string {
  return laneDigits(hash.high) + laneDigits(hash.low);
}

function laneDigits(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}
