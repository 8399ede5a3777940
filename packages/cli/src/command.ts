/** What a command is: declared once, and the parser, the help, the reference and the schemas are made of it. */
import type { z } from 'zod';
import type { Exit } from './exit-code.ts';
import type { Given, OptionSpec } from './option.ts';
import type { Paint } from './paint.ts';
import type { Session } from './session.ts';

export interface ArgumentSpec {
  readonly name: string;
  readonly says: string;
  readonly isOptional?: boolean;
}

export interface Command<Answer = unknown> {
  /** Its words after `sluice`, as in `flag set`. */
  readonly name: string;
  readonly summary: string;
  readonly args?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** Calls that were tried, without `sluice`. */
  readonly examples: readonly [string, ...string[]];
  /** What else is to be known: a sentence or two. */
  readonly note?: string;
  /** What `--json` prints; null prints nothing. */
  readonly answer: z.ZodType | null;
  /** Whether a flag file that is named and not there is made: for all others it is a slip. */
  readonly makesFile?: boolean;
  readonly run: (session: Session, given: Given) => Promise<Outcome<Answer>>;
  readonly show: (answer: Answer, paint: Paint, session: Session) => string;
}

export interface Outcome<Answer> {
  /** Undefined where everything is said already. */
  readonly answer: Answer | undefined;
  /** Where it is not `ok`. */
  readonly exit?: Exit;
}

/** Of which answer is the command's own affair. */
export function command<Answer>(declared: Command<Answer>): Command {
  return declared as Command;
}
