/**
 * A disk that forgets. It follows what this process forces to the disk, and can lay out what would be there after a power cut: of a file
 * the content at its last sync, of a directory the names at its last sync. Load it with `vi.mock('node:fs', …)` before anything else.
 */
import type * as Fs from 'node:fs';
import { basename, dirname, join } from 'node:path';

type Callback = (error: NodeJS.ErrnoException | null, ...rest: unknown[]) => void;

export class ForgetfulDisk {
  readonly #fs: typeof Fs;
  readonly #opened = new Map<number, string>();
  readonly #contents = new Map<number, Buffer>();
  readonly #names = new Map<string, ReadonlyMap<string, number>>();

  constructor(fs: typeof Fs) {
    this.#fs = fs;
  }

  /** The functions that take the place of those of `node:fs`. */
  functions(): Partial<Record<keyof typeof Fs, unknown>> {
    const { open, fsync, fdatasync, writeFile } = this.#fs as unknown as Record<string, (...args: unknown[]) => void>;
    const after = (work: ((...args: unknown[]) => void) | undefined, args: unknown[], note: (answer: unknown) => void): void => {
      const done = args.at(-1) as Callback;
      work?.(...args.slice(0, -1), (error: NodeJS.ErrnoException | null, ...rest: unknown[]) => {
        if (error === null || error === undefined) note(rest[0]);
        done(error, ...rest);
      });
    };
    return {
      open: (...args: unknown[]) => after(open, args, (file) => this.#opened.set(Number(file), String(args[0]))),
      fsync: (...args: unknown[]) => after(fsync, args, () => this.#sync(Number(args[0]))),
      fdatasync: (...args: unknown[]) => after(fdatasync, args, () => this.#sync(Number(args[0]))),
      writeFile: (...args: unknown[]) =>
        after(writeFile, args, () => {
          const isForced = (args[2] as { readonly flush?: boolean } | undefined)?.flush === true;
          if (isForced) this.#keep(this.#fs.statSync(String(args[0])).ino, this.#fs.readFileSync(String(args[0])));
        }),
    };
  }

  #sync(file: number): void {
    const stats = this.#fs.fstatSync(file);
    const path = this.#opened.get(file) ?? '';
    if (stats.isDirectory()) {
      // A lock that is left behind only delays: it is stale in two seconds.
      const names = this.#fs.readdirSync(path).filter((name) => !name.endsWith('.lock'));
      const found = names.map((name) => [name, this.#fs.statSync(join(path, name)).ino] as const);
      this.#names.set(path, new Map(found));
      return;
    }
    // Read by its own path, or through the process's table of open files when it has no name any more.
    const bytes = this.#fs.existsSync(path) ? this.#fs.readFileSync(path) : Buffer.alloc(0);
    this.#keep(stats.ino, bytes);
  }

  #keep(inode: number, bytes: Buffer): void {
    this.#contents.set(inode, bytes);
  }

  /** Lays out under `copy` what is left of `directory`. */
  afterPowerCut(directory: string, copy: string): void {
    if (!this.#isKnown(directory)) return;
    this.#fs.mkdirSync(copy, { recursive: true });
    for (const [name, inode] of this.#names.get(directory) ?? []) {
      const inside = join(directory, name);
      if (this.#names.has(inside)) this.afterPowerCut(inside, join(copy, name));
      else this.#fs.writeFileSync(join(copy, name), this.#contents.get(inode) ?? '');
    }
  }

  #isKnown(directory: string): boolean {
    const outer = this.#names.get(dirname(directory));
    return outer === undefined || outer.has(basename(directory));
  }
}
