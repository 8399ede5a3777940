/** One call of `sluice`: parsed, done, told, and ended with its exit code. */
import { isJsonObject, nearest, SluiceError } from '@sluice/core';
import { CommanderError } from 'commander';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { EXIT_CODES, type Exit, exitOf } from './exit-code.ts';
import { inCommands } from './library-words.ts';
import type { Given } from './option.ts';
import { paintOf, plainLines } from './paint.ts';
import { PLAN_PATH } from './plan/load-plan.ts';
import { programOf } from './program.ts';
import { Session } from './session.ts';
import { readSettings } from './settings.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** `args` are those after `sluice`. Answers the exit code. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const isJson = args.includes('--json');
  let exit: Exit = 'ok';
  const program = programOf({
    commands: COMMANDS,
    version: VERSION,
    write: terminal.write,
    complain: terminal.complain,
    run: async (command, given) => {
      exit = await runCommand(command, given, terminal);
    },
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    exit = tell(error, terminal, isJson);
  }
  return EXIT_CODES[exit];
}

async function runCommand(command: Command, given: Given, terminal: Terminal): Promise<Exit> {
  const settings = await readSettings(terminal, given);
  const hasColor = given.text('color') !== (false as never) && !terminal.variables.NO_COLOR && terminal.isInteractive;
  const asked = { isJson: given.has('json'), isConfirmed: given.has('yes') };
  const how = { ...asked, paint: paintOf(hasColor, terminal.columns), makesFile: command.makesFile === true };
  const session = new Session(terminal, settings, how);
  try {
    const { answer, exit = 'ok' } = await command.run(session, given);
    if (answer !== undefined) terminal.write(toldOf(command, answer, session));
    return exit;
  } catch (error) {
    throw await withNearest(error, command, given, session);
  } finally {
    await session.close();
  }
}

function toldOf(command: Command, answer: unknown, session: Session): string {
  if (session.isJson) return command.answer === null ? '' : `${JSON.stringify(answer, null, 2)}\n`;
  const shown = command.show(answer, session.paint, session);
  return shown === '' ? '' : `${shown}\n`;
}

/** Who names a flag that is not there is told which is. */
async function withNearest(error: unknown, command: Command, given: Given, session: Session): Promise<unknown> {
  const takesFlag = command.args?.some(({ name }) => name === 'flag') === true;
  if (!(error instanceof SluiceError) || error.code !== 'notFound' || !takesFlag) return error;
  const listed = await session.call('flags.list', { ...session.scope, limit: 500 }).catch(() => null);
  if (listed === null) return error;
  const { members } = listed;
  const wanted = given.arg('flag');
  if (members.some(({ name }) => name === wanted)) return error;
  const hint = nearest(wanted, members.map(({ name }) => name).sort());
  return new SluiceError('notFound', `flag "${wanted}" does not exist${hint}`, { cause: error });
}

/** Says what failed, as JSON for programs. */
function tell(error: unknown, terminal: Terminal, isJson: boolean): Exit {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 'ok';
    if (error.code === 'commander.help') return 'usage';
    if (isJson) terminal.complain(errorJson('invalid', error.message.replace(/^error: /, ''), []));
    return 'usage';
  }
  if (!(error instanceof SluiceError)) {
    terminal.complain(`sluice: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 'internal';
  }
  const message = inCommands(error.message);
  if (isJson) terminal.complain(errorJson(error.code, message, error.issues));
  else terminal.complain(`sluice: ${plainLines(message)}${hintOf(error)}\n`);
  return exitOf(error.code);
}

function errorJson(code: string, message: string, issues: readonly unknown[]): string {
  return `${JSON.stringify({ error: { code, message, issues: issues.filter((issue) => isJsonObject(issue)) } }, null, 2)}\n`;
}

function hintOf({ code, message }: SluiceError): string {
  if (code === 'unauthorized' && message.includes('needs the permission'))
    return '\n  the token that was given may not: sluice login keeps that of a person who may, --token gives another';
  if (code === 'unauthorized') return '\n  sluice login keeps a token; SLUICE_TOKEN or --token give one for a single call';
  if (code === 'notFound' && message.includes(PLAN_PATH)) return '\n  sluice init writes a first plan';
  if (message.includes('needs a reason')) return '\n  give it with --reason "…"';
  if (code === 'unavailable' && message.includes('cannot be reached'))
    return '\n  is it running (sluice serve)? --url or SLUICE_URL name another; --file works without a server';
  return '';
}
