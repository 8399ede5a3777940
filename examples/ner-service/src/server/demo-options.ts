/** What the demo is told by its arguments and its environment. */

export interface DemoOptions {
  /** Plays the story, and ends with a code. */
  readonly isOnce: boolean;
  /** Of the server; null for any that is free. */
  readonly port: number | null;
}

const USUAL_PORT = 4400;
export const USAGE = `npm run demo               plays the story, and goes on until Ctrl-C
npm run demo -- --once     plays the story, and ends with 0 if every fact holds
SLUICE_PORT=4401 …         another port than ${USUAL_PORT}`;

/** @throws Error that says what is wrong, and what would be right */
export function readOptions(args: readonly string[], variables: Readonly<Record<string, string | undefined>>): DemoOptions {
  const unknown = args.find((arg) => arg !== '--once');
  if (unknown !== undefined) throw new Error(`there is no option ${unknown}:\n${USAGE}`);
  const isOnce = args.includes('--once');
  const { SLUICE_PORT: text = '' } = variables;
  if (text === '') return { isOnce, port: isOnce ? null : USUAL_PORT };
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 1 && port <= 65_535))
    throw new Error(`SLUICE_PORT must be a number from 1 to 65535; it is ${JSON.stringify(text)}`);
  return { isOnce, port };
}
