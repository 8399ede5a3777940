/** The server as a command, for whoever has it installed. */
import { SluiceError } from '@sluice/core';
import { command } from '../command.ts';
import { given } from '../option.ts';
import type { Terminal } from '../terminal.ts';

type Program = typeof import('@sluice/server/program');

export const SERVE = command<undefined>({
  name: 'serve',
  summary: 'Runs a server in this process until it is ended.',
  options: [
    { form: '--host <address>', says: 'where it listens (SLUICE_HOST; 127.0.0.1)' },
    { form: '--port <n>', says: 'at which port (SLUICE_PORT; 4400)', type: 'count' },
    { form: '--data <folder>', says: 'where its files are (SLUICE_DATA; ./data)' },
  ],
  note: 'DATABASE_URL=postgres://… keeps everything in PostgreSQL instead of SQLite. The first start logs how to become its administrator: sluice login --setup does it.',
  examples: ['serve --port 4400 --data ./data'],
  answer: null,
  run: async ({ terminal }, asked) => {
    const told = given({ SLUICE_HOST: asked.text('host'), SLUICE_DATA: asked.text('data') });
    const port = asked.number('port');
    const variables = { ...terminal.variables, ...told, ...(port === undefined ? {} : { SLUICE_PORT: String(port) }) };
    const program = await serverProgram();
    try {
      await serve(program, variables, terminal);
    } catch (error) {
      throw asOurs(error, program);
    }
    return { answer: undefined };
  },
  show: () => '',
});

async function serve(program: Program, variables: Terminal['variables'], terminal: Terminal): Promise<void> {
  const { readSettings, serverLog, startServer } = program;
  const settings = readSettings(variables);
  const server = await startServer(settings, serverLog(settings, { write: terminal.write }));
  terminal.complain(`sluice serves at ${server.url}\n`);
  await new Promise<void>((resolve) => {
    if (terminal.ended.aborted) resolve();
    terminal.ended.addEventListener('abort', () => resolve());
  });
  await server.close();
}

/** The server is a program of its own, with an error class of its own. */
function asOurs(error: unknown, program: Program): unknown {
  if (!(error instanceof program.SluiceError)) return error;
  return new SluiceError(error.code, error.message, { issues: error.issues, cause: error });
}

async function serverProgram(): Promise<Program> {
  try {
    return await import('@sluice/server/program');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new SluiceError('unavailable', 'the server is not installed here: npm install @sluice/server', { cause: error });
  }
}
