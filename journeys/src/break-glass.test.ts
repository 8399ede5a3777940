/** The kill switch under what really happens to a disk: full, and held by somebody who does not let go. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE } from '@sluice/core';
import { createSluice, fileStore, manualClock, type Sluice } from 'sluice';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const by = { actor: 'ann', reason: 'pager' };
let directory: string;
let file: string;
const children: ChildProcess[] = [];
const cleanUps: (() => void)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  file = join(directory, 'feature_flags.json');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  await rm(directory, { recursive: true, force: true });
});

async function flagAt(path: string): Promise<void> {
  const sluice = createSluice({ file: path });
  // Longer than what is left of the last block of a full disk.
  await sluice.flags.setFlag('f', { enabled: true, description: 'x'.repeat(8_000) });
  await sluice.close();
}

/** Starts a process and resolves with the first line that it says. */
async function say(script: string, ...more: readonly string[]): Promise<{ child: ChildProcess; line: string }> {
  const args = [join(import.meta.dirname, script), file, ...more];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
  });
  return { child, line };
}

async function die(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function kills(sluice: Sluice): Promise<readonly object[]> {
  const { store } = sluice.flags.runtime;
  return (await store.log({ scope: DEFAULT_SCOPE, key: 'f', types: ['flag.killed'] })).map(({ actor, reason, at, detail }) => ({
    actor,
    reason,
    at,
    breakGlass: detail.breakGlass,
  }));
}

const isOn = (sluice: Sluice): boolean => sluice.flags.isEnabled('f', { userId: 'u' });
const patience = { timeout: 20_000, interval: 50 };

it('kills while another process holds the lock, dies with it pending, and the next process still serves off and records it', async () => {
  await flagAt(file);
  const holder = await say('lock-holder.mjs');
  const killer = await say('killer.mjs');
  expect(JSON.parse(killer.line)).toEqual({ durable: false, isOn: false, version: null });
  await die(killer.child);
  const next = createSluice({ file, breakGlass: { deadlineMs: 200 } });
  expect(isOn(next)).toBe(false);
  expect(next.flags.listPendingKills()).toMatchObject([{ flag: 'f', ...by }]);
  await die(holder.child);
  await vi.waitFor(() => expect(next.flags.listPendingKills()).toEqual([]), patience);
  expect(await kills(next)).toMatchObject([{ ...by, breakGlass: true }]);
  await next.flags.restoreFlag('f');
  await next.close();
  const last = createSluice({ file });
  expect(isOn(last)).toBe(true);
  expect(last.flags.listPendingKills()).toEqual([]);
  await last.close();
});

it('goes back to a version while another process holds the lock, dies with it pending, and the next process still serves it and records it', async () => {
  const before = createSluice({ file });
  for (const version of ['1.0.0', '2.0.0']) await before.rollbacks.registerVersion('ner_model', version);
  await before.hotSwap.swapTo('ner_model', '2.0.0');
  await before.close();
  const holder = await say('lock-holder.mjs');
  const killer = await say('killer.mjs', '1.0.0');
  expect(JSON.parse(killer.line)).toEqual({ durable: false, isOn: false, version: '1.0.0' });
  await die(killer.child);
  const next = createSluice({ file, breakGlass: { deadlineMs: 200 } });
  const served = (sluice: Sluice) => sluice.flags.getVariant('ner_model', { userId: 'u' });
  expect(served(next)).toBe('1.0.0');
  expect(next.flags.listPendingKills()).toMatchObject([{ flag: 'ner_model', act: 'toVersion', toVersion: '1.0.0', ...by }]);
  await die(holder.child);
  await vi.waitFor(() => expect(next.flags.listPendingKills()).toEqual([]), patience);
  const [record] = await next.rollbacks.getRollbackHistory();
  expect(record).toMatchObject({ ...by, detail: { fromVersion: '2.0.0', toVersion: '1.0.0', breakGlass: true } });
  expect(await next.rollbacks.getRollbackHistory()).toHaveLength(1);
  await next.hotSwap.swapTo('ner_model', '2.0.0');
  await next.close();
  const last = createSluice({ file });
  expect(served(last)).toBe('2.0.0');
  expect(last.flags.listPendingKills()).toEqual([]);
  await last.close();
});

it('kills on a full disk with its journal on another, and records it when there is room', async () => {
  const full = join(directory, 'small');
  mkdirSync(full);
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', full]).status === 0;
  if (isMounted) cleanUps.push(() => spawnSync('umount', ['-l', full]));
  const path = join(full, 'feature_flags.json');
  if (isMounted) await flagAt(path);
  else writeFileSync(path, JSON.stringify({ flags: [{ name: 'f', status: 'enabled' }] }));
  const clock = manualClock(Date.now());
  const store = fileStore(path, { clock, watch: false });
  // Who may not mount still gets the real error: a device that is always full in place of the journal.
  if (!isMounted) symlinkSync('/dev/full', `${path}.journal`);
  const sluice = createSluice({ store, clock, breakGlass: { file: join(directory, 'elsewhere', 'kills') } });
  expect(isOn(sluice)).toBe(true);
  await clock.advance(0);
  const ballast = join(full, 'ballast');
  if (isMounted) spawnSync('sh', ['-c', `cat /dev/zero > ${ballast}`]);
  const asked = clock.now();
  const kill = sluice.flags.disableFlag('f', by);
  expect(isOn(sluice)).toBe(false);
  await clock.advance(2_000);
  expect(await kill).toMatchObject({ status: 'disabled', durable: false });
  expect(isOn(sluice)).toBe(false);
  rmSync(isMounted ? ballast : `${path}.journal`);
  await vi.waitFor(async () => {
    await clock.advance(5_000);
    expect(sluice.flags.listPendingKills()).toEqual([]);
  }, patience);
  expect(await kills(sluice)).toMatchObject([{ ...by, at: asked }]);
  expect(isOn(sluice)).toBe(false);
  await sluice.close();
});
