/** The kill switch under what really happens to a disk: full, and held by somebody who does not let go. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

/** A disk of 256 KiB, or for who may not mount one a device that is always full in place of the journal: the error is the real one. */
function smallDisk(): { path: string; isMounted: boolean; fill(): void; empty(): void } {
  const small = join(directory, 'small');
  mkdirSync(small);
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', small]).status === 0;
  if (isMounted) cleanUps.push(() => spawnSync('umount', ['-l', small]));
  const path = join(small, 'feature_flags.json');
  const ballast = join(small, 'ballast');
  const journal = `${path}.journal`;
  return {
    path,
    isMounted,
    fill: () => (isMounted ? void spawnSync('sh', ['-c', `cat /dev/zero > ${ballast}`]) : symlinkSync('/dev/full', journal)),
    empty: () => rmSync(isMounted ? ballast : journal),
  };
}

it('kills on a full disk with its journal on another, and records it when there is room', async () => {
  const disk = smallDisk();
  if (disk.isMounted) await flagAt(disk.path);
  else writeFileSync(disk.path, JSON.stringify({ flags: [{ name: 'f', status: 'enabled' }] }));
  const clock = manualClock(Date.now());
  const store = fileStore(disk.path, { clock, watch: false });
  if (!disk.isMounted) disk.fill();
  const sluice = createSluice({ store, clock, breakGlass: { file: join(directory, 'elsewhere', 'kills') } });
  expect(isOn(sluice)).toBe(true);
  await clock.advance(0);
  if (disk.isMounted) disk.fill();
  const asked = clock.now();
  const kill = sluice.flags.disableFlag('f', by);
  expect(isOn(sluice)).toBe(false);
  await clock.advance(2_000);
  expect(await kill).toMatchObject({ status: 'disabled', durable: false });
  expect(isOn(sluice)).toBe(false);
  disk.empty();
  await vi.waitFor(async () => {
    await clock.advance(5_000);
    expect(sluice.flags.listPendingKills()).toEqual([]);
  }, patience);
  expect(await kills(sluice)).toMatchObject([{ ...by, at: asked }]);
  expect(isOn(sluice)).toBe(false);
  await sluice.close();
});

/** Versions 1.0.0 and 2.0.0 of a component that serves 2.0.0, with as much history as a block of a full disk cannot take more of. */
async function versionsAt(path: string): Promise<void> {
  const sluice = createSluice({ file: path });
  for (const version of ['1.0.0', '2.0.0']) await sluice.rollbacks.registerVersion('ner_model', version);
  await sluice.hotSwap.swapTo('ner_model', '2.0.0');
  await sluice.flags.setFlag('ner_model', { description: 'x'.repeat(8_000) });
  await sluice.close();
}

/** Opens the store, goes back to 1.0.0 while the disk is away and brings that to the store when it is back, then serves 2.0.0 again. */
async function goBackWhile(path: string, awayFrom: 'start' | 'then', isAway: () => void, isBack: () => void): Promise<void> {
  const clock = manualClock(Date.now());
  const elsewhere = join(directory, 'elsewhere', 'kills');
  if (awayFrom === 'start') isAway();
  const sluice = createSluice({ store: fileStore(path, { clock, watch: false }), clock, breakGlass: { file: elsewhere } });
  const served = (): string | null => sluice.flags.getVariant('ner_model', { userId: 'u' });
  await clock.advance(0);
  expect(served()).toBe('2.0.0');
  if (awayFrom === 'then') isAway();
  const asked = clock.now();
  const rollback = sluice.rollbacks.rollbackImmediate('ner_model', { ...by, rollbackToVersion: '1.0.0' });
  expect(served()).toBe('1.0.0');
  await clock.advance(2_000);
  expect(await rollback).toMatchObject({ changed: true, durable: false });
  expect(sluice.flags.listPendingKills()).toMatchObject([{ flag: 'ner_model', act: 'toVersion', toVersion: '1.0.0', ...by }]);
  expect(readFileSync(elsewhere, 'utf8')).toContain('1.0.0');
  isBack();
  await vi.waitFor(async () => {
    await clock.advance(5_000);
    expect(sluice.flags.listPendingKills()).toEqual([]);
  }, patience);
  expect(served()).toBe('1.0.0');
  const detail = { fromVersion: '2.0.0', toVersion: '1.0.0', breakGlass: true };
  const history = await sluice.rollbacks.getRollbackHistory();
  expect(history.filter(({ at }) => at.getTime() === asked)).toMatchObject([{ ...by, detail }]);
  await sluice.hotSwap.swapTo('ner_model', '2.0.0');
  await sluice.close();
}

it('goes back to a version on a full disk with its journal on another, and records it when there is room', async (test) => {
  const disk = smallDisk();
  // Versions are registered in the journal alone, which a device in its place would hide.
  if (!disk.isMounted) return test.skip('only who may mount a disk can have a small one');
  await versionsAt(disk.path);
  await goBackWhile(disk.path, 'then', disk.fill, disk.empty);
});

it('goes back to a version on a disk that was mounted to be read only, and records it when it can be written', async (test) => {
  const disk = smallDisk();
  if (!disk.isMounted) return test.skip('only who may mount a disk can mount one to be read only');
  await versionsAt(disk.path);
  const mountAs = (how: string) => (): void => {
    expect(spawnSync('mount', ['-o', `remount,${how}`, join(directory, 'small')]).status).toBe(0);
  };
  await goBackWhile(disk.path, 'start', mountAs('ro'), mountAs('rw'));
});
