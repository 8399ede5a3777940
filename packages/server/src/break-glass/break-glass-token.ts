/** The break-glass token: whoever can read a file of this machine may kill any flag, also while nobody else can be asked who they are. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger as PinoLogger } from 'pino';
import { SluiceError } from 'sluice';
import { makeFolder } from '../make-folder.ts';

const PREFIX = 'sl_breakglass_';
/** Characters. Replicas may share a token of somebody's own. */
const LEAST = 32;

export class BreakGlassToken {
  readonly path: string;
  readonly #log: Pick<PinoLogger, 'warn' | 'info' | 'error'>;
  #known: string | null = null;

  /** @throws SluiceError `invalid` when the file holds what is no token: in the emergency it would be found out too late */
  constructor(path: string, log: Pick<PinoLogger, 'warn' | 'info' | 'error'>) {
    this.path = path;
    this.#log = log;
    try {
      this.#known = this.#readOrMake();
      log.info(`the break-glass token stands in ${path}: with it any flag can be killed, also while the database is away`);
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      log.error({ err: error }, `there is no break-glass token: ${path} can neither be read nor made`);
    }
  }

  /** In a time that does not depend on how much of it is right. A file that was deleted has taken its token back, and another is made. */
  isToken(secret: string): boolean {
    const known = this.secret();
    return known !== null && timingSafeEqual(digest(secret), digest(known));
  }

  /** The token, to ask other replicas by; null where there is none. */
  secret(): string | null {
    try {
      this.#known = this.#readOrMake();
    } catch (error) {
      // A disk that fails takes no token back: this may be the very emergency.
      const left =
        this.#known === null
          ? 'it cannot be made either, and there is no break-glass token'
          : 'the break-glass token is what it was';
      this.#log.error({ err: error }, `${this.path} cannot be read: ${left}`);
    }
    return this.#known;
  }

  #readOrMake(): string {
    const found = this.#read();
    if (found !== null) return found;
    this.#known = null;
    this.#make();
    this.#log.warn(`a new break-glass token stands in ${this.path}; the one before it, if any, is good no more`);
    return this.#read() ?? '';
  }

  #read(): string | null {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8').trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    if (text.length >= LEAST && /^[\x21-\x7e]+$/.test(text)) return text;
    const message = `must hold ${LEAST} or more printable characters without spaces`;
    throw new SluiceError('invalid', `${this.path} ${message}, or not be there`, { issues: [{ path: '', message }] });
  }

  /** Under its name it is whole from the first moment; whoever was faster is right. */
  #make(): void {
    makeFolder(dirname(this.path));
    const made = `${this.path}.${randomBytes(8).toString('hex')}`;
    try {
      writeFileSync(made, `${PREFIX}${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
      linkSync(made, this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(made, { force: true });
    }
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
