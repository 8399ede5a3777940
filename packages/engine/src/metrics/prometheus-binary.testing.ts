/** Where a real Prometheus is: on the path, or unpacked from the system's package beside this project's own packages, without installing it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const CACHE = join(import.meta.dirname, '..', '..', '..', '..', 'node_modules', '.cache', 'prometheus');
const UNPACKED = join(CACHE, 'unpacked', 'usr', 'bin');

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { cwd: CACHE, timeout: 90_000, stdio: 'ignore' }).status === 0;
}

/** The command that starts it; null, and said so, where there is none to be had. */
export function findPrometheus(): string | null {
  return find('prometheus');
}

/** The same of the tool that judges what a scrape answers. */
export function findPromtool(): string | null {
  return find('promtool');
}

function find(name: 'prometheus' | 'promtool'): string | null {
  mkdirSync(CACHE, { recursive: true });
  const unpacked = join(UNPACKED, name);
  if (runs(name, '--version')) return name;
  if (existsSync(unpacked) && runs(unpacked, '--version')) return unpacked;
  console.log(
    `${name} is not installed: the package prometheus is fetched from the system's package source and unpacked under node_modules/.cache`,
  );
  if (!runs('apt-get', 'download', 'prometheus') && runs('apt-get', 'update')) runs('apt-get', 'download', 'prometheus');
  const packed = readdirSync(CACHE).find((file) => file.endsWith('.deb'));
  if (packed !== undefined && runs('dpkg-deb', '-x', packed, 'unpacked') && runs(unpacked, '--version')) return unpacked;
  console.log(`no ${name} to be had: what needs it is not tested`);
  return null;
}
