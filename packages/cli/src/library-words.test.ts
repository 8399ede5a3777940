import { expect, it } from 'vitest';
import { inCommands } from './library-words.ts';

it.each([
  ['flag "x" does not exist; create it with setFlag', 'flag "x" does not exist; create it with `sluice flag create`'],
  ['never undoes a kill; restoreFlag("model") first', 'never undoes a kill; `sluice flag unkill model` first'],
  [
    'end that first (abortRollout), or pass force: true to hold it',
    'end that first (`sluice rollout abort`), or give --force to hold it',
  ],
  ['abort or stop it, or pass onConflict: "supersede"', 'abort or stop it, or give --supersede'],
  ['no arm has won; pass variant: "treatment" to ship it', 'no arm has won; give --variant "treatment" to ship it'],
  [
    '/at must be an instant such as "2027-01-31T08:00:00Z", milliseconds since 1970 or a Date; it is "tomorrow"',
    '--at must be an instant such as "2027-01-31T08:00:00Z"; it is "tomorrow"',
  ],
  ['offsetFlagged', 'offsetFlagged'],
])('what the library says as "%s" names commands', (text, told) => expect(inCommands(text)).toBe(told));
