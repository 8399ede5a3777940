/** How much more goes into one request: the server takes a megabyte. */

const MAX_MEMBERS = 2_000;
/** A character takes up to three bytes. */
const MAX_CHARACTERS = 300_000;

export class BatchRoom {
  #members = 0;
  #characters = 0;

  /** False when there is no room for it; the first always has some. */
  take(member: object): boolean {
    const characters = JSON.stringify(member).length;
    const isFull = this.#members === MAX_MEMBERS || this.#characters + characters > MAX_CHARACTERS;
    if (isFull && this.#members > 0) return false;
    this.#members += 1;
    this.#characters += characters;
    return true;
  }
}
