import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { manualClock, openWorkspace } from 'sluice';
import { sqliteStore } from 'sluice/sqlite';
import { expect, it } from 'vitest';
import { world } from './world.testing.ts';

it('what the database says when it fails is told to the log, and not to who asks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-told-'));
  const file = join(folder, 'hidden.db');
  const workspace = openWorkspace({ store: sqliteStore({ file }), clock: manualClock(Date.UTC(2027, 0, 15)) });
  const at = await world({}, { workspace });
  await workspace.ready;
  await workspace.access.createPerson({ email: 'ann@example.org', roles: { '*': 'admin' } }, { principal: { kind: 'system' } });
  const ann = { kind: 'person', key: 'ann@example.org', roles: { '*': 'admin' }, token: null } as const;
  const { secret } = await workspace.access.createToken({ kind: 'personal', label: 'test' }, { principal: ann });
  const other = new Database(file);
  other.exec('drop table sluice_records');
  const answer = await at.ask('POST', '/api/v1/projects', { as: secret, body: { settings: { key: 'shop' } } });
  expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
  expect(answer.text).not.toMatch(/hidden|sqlite|table/i);
  expect(at.log.join('')).toContain('hidden.db');
  other.close();
  await workspace.close();
  await at.close();
  await rm(folder, { recursive: true, force: true });
});
