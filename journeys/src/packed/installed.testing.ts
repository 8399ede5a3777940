/** What npm would publish, in a folder that knows nothing of this workspace but third parties' packages. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const WORKSPACE = join(import.meta.dirname, '../../..');
const PUBLISHED = ['core', 'engine', 'protocol', 'client', 'server', 'cli', 'openfeature'];
const execute = promisify(execFile);

interface Manifest {
  readonly name: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export interface Ran {
  /** With the signal that ended it, -1. */
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly folder: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Resolves with the path of each package's file. */
export async function pack(destination: string): Promise<string[]> {
  const workspaces = PUBLISHED.flatMap((name) => ['--workspace', `packages/${name}`]);
  const { stdout } = await execute('npm', ['pack', '--json', '--silent', '--pack-destination', destination, ...workspaces], {
    cwd: WORKSPACE,
    maxBuffer: 64 * 2 ** 20,
  });
  const packed = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as { readonly filename: string }[];
  return packed.map(({ filename }) => join(destination, filename));
}

/**
 * Unpacks them as npm does. Of third parties it links what a package declares and nothing else: one that uses what it does not
 * declare, or a file that was not packed, fails as it would for whoever installs it.
 */
export async function install(files: readonly string[], folder: string): Promise<void> {
  for (const file of files) {
    const draft = join(folder, 'node_modules/.draft');
    await mkdir(draft, { recursive: true });
    await execute('tar', ['-xzf', file, '-C', draft, '--strip-components=1']);
    const manifest = await manifestIn(draft);
    const at = join(folder, 'node_modules', manifest.name);
    await mkdir(dirname(at), { recursive: true });
    await execute('mv', [draft, at]);
    for (const [command, path] of Object.entries(manifest.bin ?? {}))
      await link(join(at, path), join(folder, 'node_modules/.bin', command));
    for (const name of Object.keys(manifest.dependencies ?? {})) if (!/^(@sluice\/|sluice$)/.test(name)) await use(name, folder);
  }
}

/** Links a package that whoever installs ours would install, too. */
export function use(name: string, folder: string): Promise<void> {
  return link(join(WORKSPACE, 'node_modules', name), join(folder, 'node_modules', name));
}

async function link(target: string, at: string): Promise<void> {
  await mkdir(dirname(at), { recursive: true });
  await symlink(target, at).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

async function manifestIn(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** With nothing of this process's environment but where programs are. */
export function begin(program: string, args: readonly string[], { folder, variables }: RunOptions) {
  return spawn(program, args, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...variables } });
}

export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const child = begin(program, args, options);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  child.stdin.end(options.input ?? '');
  const exit = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? -1));
  });
  return { exit, out, err };
}
