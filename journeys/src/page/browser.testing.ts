/** A browser for tests: one that is installed, or that is installed now, and said so. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);
const USUAL = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];
/** For a test's `beforeAll`: an installation takes a minute or two. */
export const BROWSER_MS = 600_000;

export async function openBrowser(): Promise<Browser> {
  const executablePath = await foundBrowser();
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] });
}

/** The path of one, which is installed where there is none. @throws Error that says how to get one */
export async function foundBrowser(): Promise<string> {
  return found() ?? (await installed());
}

function found(): string | null {
  const { SLUICE_CHROMIUM: chosen } = process.env;
  if (chosen !== undefined && !existsSync(chosen)) throw new Error(`SLUICE_CHROMIUM: there is no browser at ${chosen}`);
  return chosen ?? [...USUAL, chromium.executablePath()].find(existsSync) ?? null;
}

/** From the system's packages, else the tool's own download. @throws Error that says how to get one */
async function installed(): Promise<string> {
  const tried: string[] = [];
  // The lock is waited for: another test may be installing it.
  const apt = ['apt-get', '-o', 'DPkg::Lock::Timeout=300'];
  for (const commands of [
    [
      [...apt, 'update'],
      [...apt, 'install', '-y', '--no-install-recommends', 'chromium'],
    ],
    [[process.execPath, cliOfPlaywright(), 'install', 'chromium']],
  ]) {
    try {
      for (const [command = '', ...rest] of commands) {
        process.stderr.write(`tests in a browser need Chromium; running: ${[command, ...rest].join(' ')}\n`);
        await run(command, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 2 ** 26 });
      }
      const path = found();
      if (path !== null) return path;
    } catch (error) {
      tried.push((error as Error).message.slice(0, 300));
    }
  }
  throw new Error(
    `there is no Chromium, and none could be installed: install the package "chromium", or set SLUICE_CHROMIUM to a browser. ${tried.join('; ')}`,
  );
}

function cliOfPlaywright(): string {
  return new URL('cli.js', import.meta.resolve('playwright-core')).pathname;
}
