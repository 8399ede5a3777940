/** Bytes as text: UTF-8 and nothing else, so that no letter is silently another. */
import { SluiceError } from '@sluice/core';

/** Without a byte order mark. `name` is that of the file. @throws SluiceError `invalid` with the place of the first byte that is not UTF-8 */
export function utf8Text(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const before = soundBeginning(bytes);
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    const message = 'is not UTF-8 from here on; save the file as UTF-8';
    throw new SluiceError('invalid', `${name}:${line}:${column}: ${message}`, {
      cause,
      issues: [{ path: '', line, column, message }],
    });
  }
}

/** As much as can be read; what is cut short at the end counts as not. */
function soundBeginning(bytes: Uint8Array): string {
  let [sound, unsound] = [0, bytes.length + 1];
  while (unsound - sound > 1) {
    const middle = Math.floor((sound + unsound) / 2);
    if (beginningOf(bytes, middle) === null) unsound = middle;
    else sound = middle;
  }
  return beginningOf(bytes, sound) ?? '';
}

function beginningOf(bytes: Uint8Array, length: number): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
  } catch {
    return null;
  }
}
