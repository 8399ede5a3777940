/** Where a real Prometheus is: on the path, or unpacked from the system's package beside this project's own packages, without installing it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const CACHE = join(import.meta.dirname, '..', '..', '..', '..', 'node_modules', '.cache', 'prometheus');
const UNPACKED = join(CACHE, 'unpacked', 'usr', 'bin', 'prometheus');

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { cwd: CACHE, timeout: 90_000, stdio: 'ignore' }).status === 0;
}

/** The command that starts it; null, and said so, where there is none to be had. */
export function findPrometheus(): string | null {
  mkdirSync(CACHE, { recursive: true });
  if (runs('prometheus', '--version')) return 'prometheus';
  if (existsSync(UNPACKED) && runs(UNPACKED, '--version')) return UNPACKED;
  console.log(
    "prometheus is not installed: its package is fetched from the system's package source and unpacked under node_modules/.cache",
  );
  if (!runs('apt-get', 'download', 'prometheus') && runs('apt-get', 'update')) runs('apt-get', 'download', 'prometheus');
  const packed = readdirSync(CACHE).find((name) => name.endsWith('.deb'));
  if (packed !== undefined && runs('dpkg-deb', '-x', packed, 'unpacked') && runs(UNPACKED, '--version')) return UNPACKED;
  console.log('no prometheus to be had: only the server that speaks its protocol is measured');
  return null;
}
