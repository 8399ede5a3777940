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
  ['/at must lie ahead; setFlag changes it now', '/at must lie ahead; `sluice flag set` changes it now'],
  [
    'give `validate`, `criteria`, or `unvalidated: true` to roll out by time alone',
    'give --criterion, --validator, or --unvalidated to roll out by time alone',
  ],
  ['it differs; pass onExisting: "merge" or "replace"', 'it differs; give --on-existing merge or replace'],
  ['resumeRollout: paused', '`sluice rollout resume`: paused'],
  ['listStale: query unusedDays must be above 0', '--unused-days must be above 0'],
  ['simulateRollout: /unitsPerSecond must be above 0', '--units-per-second must be above 0'],
  ['query limit must be a whole number', '--limit must be a whole number'],
  ['offsetFlagged', 'offsetFlagged'],
])('what the library says as "%s" names commands', (text, told) => expect(inCommands(text)).toBe(told));
