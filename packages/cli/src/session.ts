/** One run of a command: where it works, what it may call, and how it talks. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { AnswerOf, CallId, CallOptions, InputOf } from '@sluice/client';
import { makeFolder } from '@sluice/client/make-folder';
import { type Scope, SluiceError } from '@sluice/core';
import type { Calls } from './calls/calls.ts';
import { fileCalls } from './calls/file-calls.ts';
import { wireCalls } from './calls/wire-calls.ts';
import type { Paint } from './paint.ts';
import type { Settings } from './settings.ts';
import type { Terminal } from './terminal.ts';
import { utf8Text } from './utf8-text.ts';

export interface Manner {
  readonly paint: Paint;
  readonly isJson: boolean;
  readonly isConfirmed: boolean;
  readonly makesFile: boolean;
}

export class Session {
  readonly terminal: Terminal;
  readonly settings: Settings;
  readonly paint: Paint;
  readonly isJson: boolean;
  readonly #isConfirmed: boolean;
  readonly #makesFile: boolean;
  #calls: Calls | null = null;

  constructor(terminal: Terminal, settings: Settings, how: Manner) {
    this.terminal = terminal;
    this.settings = settings;
    this.paint = how.paint;
    this.isJson = how.isJson;
    this.#isConfirmed = how.isConfirmed;
    this.#makesFile = how.makesFile;
  }

  get scope(): Scope {
    const { project, environment } = this.settings;
    return { project, environment };
  }

  get isOnFile(): boolean {
    return this.settings.file !== null;
  }

  /** A call of the route table, of the server or done on the file. */
  call<Id extends CallId>(id: Id, input: InputOf<Id>, options: CallOptions = {}): Promise<AnswerOf<Id>> {
    const { settings, terminal } = this;
    this.#calls ??=
      settings.file === null
        ? wireCalls(settings)
        : fileCalls(settings.file, terminal.variables, () => this.#checkThere(settings.file ?? ''));
    return this.#calls.call(id, input, { signal: terminal.ended, ...options });
  }

  /** A path that is mistyped must not read as a file without flags. @throws SluiceError `notFound` */
  #checkThere(file: string): void {
    // The journal is the truth: without the file beside it, it is written anew.
    if (this.#makesFile || !this.settings.isFileGiven || existsSync(file) || existsSync(`${file}.journal`)) return;
    const message = `the flag file ${file} does not exist: name one that does, or make it with sluice flag create or sluice plan apply`;
    throw new SluiceError('notFound', message);
  }

  /** Asks before something that `what` says in a sentence. @throws SluiceError `refused` unless somebody says yes */
  async confirm(what: string): Promise<void> {
    if (this.#isConfirmed) return;
    if (!this.terminal.isInteractive)
      throw new SluiceError('refused', `${what}. Nobody is here to confirm it: give --yes to do it, nothing was done`);
    const answer = await this.terminal.ask(`${what}. Go on? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new SluiceError('refused', 'not confirmed, nothing was done');
  }

  /** What people should know, told beside the answer. */
  remark(text: string): void {
    this.terminal.complain(`${this.paint.odd(text)}\n`);
  }

  path(relative: string): string {
    return resolve(this.terminal.folder, relative);
  }

  /** The text of a file, of standard input where it is `-`. @throws SluiceError `notFound`, `unavailable`, `invalid` when it is not UTF-8 */
  async read(path: string): Promise<string> {
    if (path === '-') return this.readInput();
    return utf8Text(await this.#bytesOf(path), path);
  }

  /** @throws SluiceError `invalid` when it is not UTF-8 */
  async readInput(): Promise<string> {
    return utf8Text(await this.terminal.readInput(), 'standard input');
  }

  async #bytesOf(path: string): Promise<Uint8Array> {
    try {
      return await readFile(this.path(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new SluiceError('notFound', `the file ${path} does not exist`, { cause: error });
      throw new SluiceError('unavailable', `${path} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Makes the folder of the file, too. @throws SluiceError `unavailable` */
  async write(path: string, text: string): Promise<void> {
    try {
      await makeFolder(dirname(this.path(path)));
      await writeFile(this.path(path), text);
    } catch (error) {
      throw new SluiceError('unavailable', `${path} cannot be written: ${(error as Error).message}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#calls?.close();
  }
}
