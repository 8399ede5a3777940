/**
 * The members of a large segment as they travel: the 64-bit hashes of their keys, apart from the snapshot, so that a change of a flag
 * does not carry them again. A set is named by its content and never changes; a stranger is taken for one of n members with a
 * probability of n / 2^64.
 */
import { SluiceError } from '../error.ts';
import { hashBytes, hashDigits, hashText, type KeyHash } from '../flag/hash.ts';

/** Members of more than this many travel as a set. */
export const MAX_LISTED_MEMBERS = 10_000;
const BYTES_PER_HASH = 8;

export interface MemberSetName {
  /** 16 hexadecimal digits: the hash of the set's bytes. Equal sets have equal names. */
  readonly id: string;
  readonly count: number;
}

/** A set as it travels: 8 bytes a member, the high lane first, most significant byte first, in rising order. */
export interface EncodedMemberSet extends MemberSetName {
  readonly bytes: Uint8Array;
}

export function encodeMemberSet(members: readonly string[]): EncodedMemberSet {
  const hashes = new BigUint64Array(members.length);
  const hash: KeyHash = { high: 0, low: 0 };
  for (const [index, member] of members.entries()) {
    hashText(member, hash);
    hashes[index] = (BigInt(hash.high >>> 0) << 32n) | BigInt(hash.low >>> 0);
  }
  hashes.sort();
  const bytes = new Uint8Array(members.length * BYTES_PER_HASH);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of hashes.entries()) view.setBigUint64(index * BYTES_PER_HASH, value);
  return { id: idOfBytes(bytes), count: members.length, bytes };
}

function idOfBytes(bytes: Uint8Array): string {
  return hashDigits(hashBytes(bytes, { high: 0, low: 0 }));
}

/** Asks whether a key is one of the members. An open table of hashes, at most half full, so that most questions take one look. */
export class MemberSet {
  readonly name: MemberSetName;
  readonly #slots: Int32Array;
  readonly #mask: number;
  /** Two zero lanes mark an empty slot, so that the member with this hash is kept apart. */
  #hasZero = false;
  readonly #asked: KeyHash = { high: 0, low: 0 };

  /** @throws SluiceError `invalid` when the bytes are not those of the set of this name */
  constructor({ id, count }: MemberSetName, bytes: Uint8Array) {
    if (bytes.length !== count * BYTES_PER_HASH || idOfBytes(bytes) !== id)
      throw new SluiceError(
        'invalid',
        `member set ${id} must be ${count} hashes of 8 bytes with that name; ${bytes.length} bytes of ${idOfBytes(bytes)} came`,
      );
    this.name = { id, count };
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * count)));
    this.#slots = new Int32Array(2 * capacity);
    this.#mask = capacity - 1;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; at += BYTES_PER_HASH) this.#add(view.getInt32(at), view.getInt32(at + 4));
  }

  has(key: string): boolean {
    const { high, low } = hashText(key, this.#asked);
    if (high === 0 && low === 0) return this.#hasZero;
    return this.#isEmpty(this.#find(high, low)) === false;
  }

  #add(high: number, low: number): void {
    if (high === 0 && low === 0) this.#hasZero = true;
    else this.#slots.set([high, low], 2 * this.#find(high, low));
  }

  /** The slot that holds the hash, or the empty one where it would be. */
  #find(high: number, low: number): number {
    let slot = low & this.#mask;
    while (!this.#isEmpty(slot) && (this.#slots[2 * slot] !== high || this.#slots[2 * slot + 1] !== low))
      slot = (slot + 1) & this.#mask;
    return slot;
  }

  #isEmpty(slot: number): boolean {
    return this.#slots[2 * slot] === 0 && this.#slots[2 * slot + 1] === 0;
  }
}
