/** A snapshot as it is sent: made once, whoever asks. */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type Snapshot, snapshotFingerprint } from '@sluice/core';
import { encodePart, partOfMessage } from '@sluice/protocol';

/** What an answer can be packed in; `identity` is not at all. */
export const ENCODINGS = ['br', 'gzip', 'identity'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const pack = { br: promisify(brotliCompress), gzip: promisify(gzip) };
/** Above 5 a definition of megabytes costs seconds of a core and shrinks little. */
const BROTLI_QUALITY = 5;

export class EncodedSnapshot {
  readonly fingerprint: string;
  /** The `snapshot` event of a stream. */
  readonly frame: Buffer;
  /** The same JSON alone, in the same memory. */
  readonly body: Buffer;
  readonly #packed = new Map<Encoding, Promise<Buffer>>();

  constructor(snapshot: Snapshot) {
    this.fingerprint = snapshotFingerprint(snapshot);
    this.frame = Buffer.from(encodePart(partOfMessage({ type: 'snapshot', snapshot })));
    const start = this.frame.indexOf('\ndata: ') + '\ndata: '.length;
    this.body = this.frame.subarray(start, this.frame.length - '\n\n'.length);
  }

  /** However many ask for it at once, it is packed once. */
  packed(encoding: Encoding): Promise<Buffer> {
    if (encoding === 'identity') return Promise.resolve(this.body);
    const known = this.#packed.get(encoding);
    if (known !== undefined) return known;
    const options = { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } };
    const packed = encoding === 'br' ? pack.br(this.body, options) : pack.gzip(this.body);
    this.#packed.set(encoding, packed);
    return packed;
  }
}
