import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCOPE, encodeMemberSet, type Segment, segmentForm } from '@sluice/core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatState, parseState } from './state-file.ts';
import { flagOf, START, StreamServer, snapshotAt, until } from './stream-server.testing.ts';

let folder: string;
let server: StreamServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-state-'));
  server = await StreamServer.start();
});
afterEach(async () => {
  await server.end();
  await rm(folder, { recursive: true });
});

const members = Array.from({ length: 10_001 }, (_, index) => `user-${index}`);
const large: Segment = {
  kind: 'segment',
  scope: DEFAULT_SCOPE,
  key: 'beta',
  revision: 1,
  description: '',
  condition: null,
  members,
  tags: [],
  deletedAt: null,
  createdAt: START,
  updatedAt: START,
};

describe('the state on disk', () => {
  it('comes back as it was, and is refused when a byte of it is another or missing', () => {
    const set = encodeMemberSet(members.slice(0, 20));
    const state = { snapshot: snapshotAt(7, flagOf('ä\n"')), heardAt: START, memberSets: new Map([[set.id, set.bytes]]) };
    const text = formatState(state);
    expect(parseState(text)).toEqual(state);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('', 'x', '0', '\n'), (at, other) => {
        const changed = text.slice(0, at) + other + text.slice(at + 1);
        if (changed === text) return;
        expect(() => parseState(changed)).toThrow();
      }),
      { numRuns: 500 },
    );
    for (let length = 0; length < text.length; length += 7) expect(() => parseState(text.slice(0, length))).toThrow();
  });

  it('is what a process begins with whose server is away: STALE, then an ERROR after the grace period, READY when it is back', async () => {
    const stateFile = join(folder, 'deep/state');
    const snapshot = {
      ...snapshotAt(1, flagOf('a', { status: 'whitelist', enabledGroups: ['beta'] })),
      segments: [segmentForm(large)],
    };
    const set = encodeMemberSet(members);
    server.meetings = [[{ type: 'snapshot', snapshot }]];
    server.memberSets.set(set.id, set.bytes);
    const first = server.connect({ stateFile });
    await first.ready();
    expect([first.isEnabled('a', { userId: 'user-7' }), first.isEnabled('a', { userId: 'stranger' })]).toEqual([true, false]);
    await first.close();
    await server.stop();
    expect(await readdir(join(folder, 'deep'))).toEqual(['state']);

    const second = server.connect({ stateFile });
    expect(await second.ready()).toBe('STALE');
    expect([second.isEnabled('a', { userId: 'user-7' }), second.isEnabled('a', { userId: 'stranger' })]).toEqual([true, false]);
    expect(second.staleSince).toBe(START);
    await server.clock.advance(5_000);
    expect(second.told).toEqual(['STALE', 'ERROR']);
    await server.listen();
    server.meetings = [[{ type: 'emergencies', emergencies: [] }]];
    await server.advanceUntil(() => second.status === 'READY');
    expect(server.places.at(-1)).toBe('1');
  });

  it('is left out, and told of, when it was damaged, and nothing is torn by it', async () => {
    const stateFile = join(folder, 'state');
    await writeFile(stateFile, formatState({ snapshot: snapshotAt(1), heardAt: START, memberSets: new Map() }).slice(0, -9));
    server.meetings = ['hang'];
    const flags = server.connect({ stateFile });
    const problems: string[] = [];
    flags.on('problem', ({ message }) => problems.push(message));
    await until(() => problems.length > 0);
    expect(problems[0]).toMatch(/the state file .*state cannot be read and is left out: .*its digest does not fit/);
    expect(flags.status).toBe('NOT_READY');
  });

  it('is told of, where its folder cannot be made, and flags are served without it', async () => {
    const flags = server.connect({ stateFile: '/proc/none/none/state' });
    const problems: string[] = [];
    flags.on('problem', ({ message }) => problems.push(message));
    await flags.ready();
    await server.clock.advance(1_000);
    await until(() => problems.length > 0);
    expect(problems[0]).toMatch(/^the state file \/proc\/none\/none\/state cannot be written: .*none/);
    expect(flags.status).toBe('READY');
  });

  it('is too old for a flag that is to be off then', async () => {
    const stateFile = join(folder, 'state');
    const heardAt = START - 60_000;
    await writeFile(stateFile, formatState({ snapshot: snapshotAt(1, flagOf('a')), heardAt, memberSets: new Map() }));
    await server.stop();
    const flags = server.connect({ stateFile, failSafe: { a: { offWhenStaleMs: 60_000 } } });
    await flags.ready();
    expect([flags.status, flags.isEnabled('a')]).toEqual(['STALE', false]);
  });

  it('is written a second after a change, and once for changes in a row', async () => {
    const stateFile = join(folder, 'state');
    const flags = server.connect({ stateFile });
    await flags.ready();
    const flag = flagOf('b');
    server.send({ type: 'delta', delta: { seq: 5, after: 1, scope: flag.scope, flags: [flag], segments: [] } });
    await until(() => flags.isEnabled('b'));
    expect(await readdir(folder)).toEqual([]);
    await server.clock.advance(1_000);
    await until(() => flags.status === 'READY');
    await expect.poll(async () => parseState(await readFile(stateFile, 'utf8')).snapshot.seq).toBe(5);
  });
});
