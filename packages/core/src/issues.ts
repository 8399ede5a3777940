/** How an input with issues is refused. */
import { type Issue, SluiceError } from './error.ts';

/** At most this many issues are told in the message; all of them are in `issues`. */
const TOLD = 5;

/** `what` names the input in the message. @throws SluiceError `invalid` with every issue, when there is one */
export function throwIssues(what: string, issues: readonly Issue[]): void {
  if (issues.length === 0) return;
  const told = issues.slice(0, TOLD).map(({ path, message }) => `${path} ${message}`.trim());
  const more = issues.length > TOLD ? `; and ${issues.length - TOLD} more` : '';
  throw new SluiceError('invalid', `${what}: ${told.join('; ')}${more}`, { issues });
}
