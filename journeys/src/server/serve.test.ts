/** `sluice serve` as it is installed: the command, and the server that it finds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { freePort } from './server-process.testing.ts';

const SLUICE = join(import.meta.dirname, '../../../packages/cli/bin/sluice.js');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function serve(port: string) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-serve-'));
  folders.push(folder);
  const child = spawn(process.execPath, [SLUICE, 'serve', '--data', folder], {
    env: { PATH: process.env.PATH, HOME: folder, SLUICE_PORT: port, SLUICE_LOG_LEVEL: 'fatal' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, ended, said: () => said };
}

it('serves until it is ended', async () => {
  const port = await freePort();
  const { child, ended, said } = serve(String(port));
  await expect.poll(said).toContain(`serves at http://127.0.0.1:${port}`);
  expect(await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()).toEqual({ status: 'ok' });
  child.kill('SIGTERM');
  await ended;
  await expect(fetch(`http://127.0.0.1:${port}/readyz`)).rejects.toThrow();
});

it('says in a sentence what of its settings is wrong, or who has its port', async () => {
  const wrong = serve('none');
  expect([await wrong.ended, wrong.said()]).toEqual([
    2,
    expect.stringMatching(/^sluice: settings: SLUICE_PORT must be a whole number from 0 to 65535; it is "none"\n/),
  ]);
  const port = await freePort();
  const first = serve(String(port));
  await expect.poll(first.said).toContain('serves at');
  const second = serve(String(port));
  expect([await second.ended, second.said()]).toEqual([
    5,
    expect.stringMatching(/^sluice: cannot listen at 127\.0\.0\.1, port \d+: another program listens there/),
  ]);
  first.child.kill('SIGTERM');
  await first.ended;
});
