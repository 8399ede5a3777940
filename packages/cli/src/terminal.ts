/** What surrounds a command: its streams, its environment and its time. A test hands in its own. */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '@sluice/core';
import { EXIT_CODES } from './exit-code.ts';

export interface Terminal {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Folder that paths are relative to. */
  readonly folder: string;
  /** Folder of the user's own files. */
  readonly home: string;
  /** Whether somebody is there to be asked, and lines can be written over. */
  readonly isInteractive: boolean;
  /** Characters that fit on a line of what is written; Infinity where that is no terminal. */
  readonly columns: number;
  write(text: string): void;
  complain(text: string): void;
  /** Replaces what it last drew. */
  redraw(text: string): void;
  /** Leaves what it drew, and begins anew. */
  endDrawing(): void;
  ask(question: string): Promise<string>;
  /** What is typed is not shown. */
  askSecret(question: string): Promise<string>;
  readInput(): Promise<Uint8Array>;
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Aborted when the user wants it to end. */
  readonly ended: AbortSignal;
}

interface Drawing {
  (text: string): void;
  done(): void;
}

/** The process's own. `draw` is what redraws lines. */
export function processTerminal(home: string, draw: Drawing): Terminal {
  const ending = new AbortController();
  // Whoever redraws lines restores the cursor at a signal, and ends the process at once where nobody else listens any more.
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.on(signal, () => {
      if (ending.signal.aborted) process.exit(code);
      ending.abort();
    });
  // Whoever reads, as `head` does, may have had enough: it ends as by Ctrl C, and what is open is closed.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') unwritten(error);
      ending.abort();
    });
  return {
    variables: process.env,
    folder: process.cwd(),
    home,
    isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    columns: process.stdout.columns || Number.POSITIVE_INFINITY,
    write: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
    redraw: draw,
    endDrawing: () => draw.done(),
    ask: (question) => asked(question, process.stderr),
    askSecret: askedSecret,
    readInput: async () => {
      const parts: Buffer[] = [];
      for await (const part of process.stdin) parts.push(part as Buffer);
      return Buffer.concat(parts);
    },
    now: Date.now,
    sleep: (ms) => sleep(ms, undefined, { signal: ending.signal }).catch(() => undefined),
    ended: ending.signal,
  };
}

/** A full disk behind `>`: what was asked for may be done, but nobody was told. */
function unwritten(error: NodeJS.ErrnoException): never {
  try {
    writeSync(process.stderr.fd, `sluice: what there is to tell cannot be written: ${error.message}\n`);
  } catch {
    // Nobody can be told of that either: the exit code is left.
  }
  process.exit(EXIT_CODES.unavailable);
}

async function asked(question: string, output: Writable): Promise<string> {
  const reader = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await reader.question(question);
  } catch (error) {
    // Ctrl C and Ctrl D are an answer, too.
    if ((error as Error).name !== 'AbortError') throw error;
    throw new SluiceError('refused', 'not answered, nothing was done', { cause: error });
  } finally {
    reader.close();
  }
}

async function askedSecret(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_part, _encoding, done) => done() });
  try {
    return await asked('', silent);
  } finally {
    process.stderr.write('\n');
  }
}
