import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSluice, type Sluice } from './sluice.ts';
import { fileStore } from './store/file-store.ts';

const C = 'ner_model';
let directory: string;
let file: string;
const open: Sluice[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-'));
  file = join(directory, 'flags.json');
});
afterEach(async () => {
  for (const sluice of open.splice(0)) await sluice.close();
  await rm(directory, { recursive: true });
});

function start(): Sluice {
  const sluice = createSluice({ store: fileStore(file, { watch: false }) });
  open.push(sluice);
  return sluice;
}

const parsed = async () => (JSON.parse(await readFile(file, 'utf8')) as { flags: Record<string, unknown>[] }).flags;
const edit = async (change: (flag: Record<string, unknown>) => void): Promise<void> => {
  const flags = await parsed();
  for (const flag of flags) if (flag.name === C) change(flag);
  await writeFile(file, JSON.stringify({ flags }));
};

describe('a component in the flag file', () => {
  it('stands there as its flag, and comes back with its registry and its loaders after a restart', async () => {
    const first = start();
    await first.hotSwap.registerVersion(C, '1.0.0', () => 'one', { actor: 'ann' });
    await first.hotSwap.registerVersion(C, '2.0.0', () => 'two');
    await first.hotSwap.swapTo(C, '2.0.0');
    await first.hotSwap.retireVersion(C, '1.0.0');
    expect(await parsed()).toMatchObject([
      { name: C, component: true, variants: { values: { '2.0.0': '2.0.0' }, off: '2.0.0', on: '2.0.0' } },
    ]);
    await first.close();
    const second = start();
    expect(second.hotSwap.versions(C)).toMatchObject([
      { version: '1.0.0', registeredBy: 'ann', retiredAt: expect.any(Date), state: 'registered' },
      { version: '2.0.0', servedPercentage: 100, isStable: true, state: 'registered' },
    ]);
    await second.hotSwap.registerVersion(C, '2.0.0', () => 'two again');
    expect(await second.hotSwap.use(C, {}, (instance: string) => instance)).toBe('two again');
    await expect(second.hotSwap.registerVersion(C, '1.0.0', () => 'one')).rejects.toThrow('never used again');
  });

  it('is registered whole when a new file brings it', async () => {
    const flag = { name: C, status: 'enabled', component: true };
    const variants = { values: { '1.0.0': '1.0.0', '2.0.0': '2.0.0' }, off: '1.0.0', on: '1.0.0' };
    await writeFile(file, JSON.stringify({ flags: [{ ...flag, variants }] }));
    const sluice = start();
    await sluice.flags.reload();
    expect(sluice.hotSwap.versions(C)).toMatchObject([
      { version: '1.0.0', registeredBy: 'file', servedPercentage: 100 },
      { version: '2.0.0', registeredBy: 'file', servedPercentage: 0 },
    ]);
    await expect(sluice.hotSwap.registerVersion(C, '2.0.0')).rejects.toMatchObject({ code: 'conflict' });
    expect(await sluice.hotSwap.swapTo(C, '2.0.0')).toMatchObject({ changed: true });
  });

  it('may be moved by hand, and gains, loses or changes no version by hand', async () => {
    const sluice = start();
    await sluice.hotSwap.registerVersion(C, '1.0.0');
    await sluice.hotSwap.registerVersion(C, '2.0.0');
    await sluice.flags.setFlag('plain', { enabled: true });
    const values = { '1.0.0': '1.0.0', '2.0.0': '2.0.0' };
    await edit((flag) => Object.assign(flag, { variants: { values, off: '2.0.0', on: '2.0.0' } }));
    await sluice.flags.reload();
    expect(sluice.hotSwap.versions(C).map(({ isStable }) => isStable)).toEqual([false, true]);
    const good = await readFile(file, 'utf8');
    const refused = async (change: Record<string, unknown>): Promise<string> => {
      await edit((flag) => Object.assign(flag, change));
      const message = await sluice.flags.reload().then(
        () => 'accepted',
        (error: Error) => error.message,
      );
      await writeFile(file, good);
      return message;
    };
    const [off, on] = ['1.0.0', '1.0.0'];
    expect(await refused({ variants: { values: { ...values, '3.0.0': '3.0.0' }, off, on } })).toContain(
      'must be the registered versions (1.0.0, 2.0.0)',
    );
    expect(await refused({ variants: { values: { '1.0.0': '1.0.0' }, off, on } })).toContain('must be the registered versions');
    expect(await refused({ variants: { values: { '1.0.0': '1.0.0', '2.0.0': 'x' }, off, on } })).toContain('the version itself');
    expect(await refused({ variants: { values: { ...values, two: 'two' }, off, on } })).toContain('must be a semantic version');
    expect(await refused({ variants: { values: { '1.0.0+b': '1.0.0+b' }, off, on } })).toContain('must not name build metadata');
    expect(await refused({ variants: undefined })).toContain('lacks "variants"');
    expect(await refused({ component: 'yes' })).toContain('must be true or false');
    expect(await refused({ component: undefined, variants: { values, off, on: '2.0.0' } })).toContain('a component stays one');
    expect(sluice.hotSwap.versions(C).map(({ isStable }) => isStable)).toEqual([false, true]);
    const versions = { values, off: '1.0.0', on: '2.0.0' };
    await writeFile(
      file,
      good.replace('"name":"plain",', `"name": "plain", "component": true, "variants": ${JSON.stringify(versions)},`),
    );
    await expect(sluice.flags.reload()).rejects.toThrow('a flag does not become a component');
  });

  it('lets go in this process of what another process swapped away from', async () => {
    const [here, there] = [start(), start()];
    const disposed: string[] = [];
    const load = (version: string) => () => ({ version, dispose: () => disposed.push(version) });
    for (const version of ['1.0.0', '2.0.0']) {
      await here.hotSwap.registerVersion(C, version, load(version));
      await there.hotSwap.registerVersion(C, version, () => ({ version }));
    }
    const served = () => here.hotSwap.use(C, {}, ({ version }: { version: string }) => version);
    expect(await served()).toBe('1.0.0');
    await there.hotSwap.swapTo(C, '2.0.0');
    await here.flags.reload();
    expect([await served(), disposed]).toEqual(['2.0.0', ['1.0.0']]);
  });
});
