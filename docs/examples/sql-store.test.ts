import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@sluice/conformance/postgres';
import { createSluice } from 'sluice';
import { postgresStore } from 'sluice/postgres';
import { sqliteStore } from 'sluice/sqlite';
import { expect, it, onTestFinished, vi } from 'vitest';

function inNewDirectory(): void {
  const [before, directory] = [process.cwd(), mkdtempSync(join(tmpdir(), 'sluice-'))];
  process.chdir(directory);
  onTestFinished(() => {
    process.chdir(before);
    rmSync(directory, { recursive: true, force: true });
  });
}

it('keeps flags in SQLite, as the guide says', async () => {
  inNewDirectory();
  // #region sqlite
  const sluice = createSluice({ store: sqliteStore({ file: 'data/sluice.db' }) });
  await sluice.ready; // flags are evaluated from memory: until they were read, every flag is unknown
  await sluice.flags.setFlag('new_search', { enabled: true, rolloutPercentage: 10 });
  // #endregion
  await sluice.close();
  const again = createSluice({ store: sqliteStore({ file: 'data/sluice.db' }) });
  await again.ready;
  expect(again.flags.getFlag('new_search')?.servedPercentage).toBe(10);
  await again.close();
});

it('shares flags among processes over PostgreSQL, as the guide says', async () => {
  const server = await startPostgres();
  process.env.DATABASE_URL = await server.database();
  onTestFinished(async () => {
    delete process.env.DATABASE_URL;
    await server.stop();
  });
  // #region postgres
  const store = postgresStore({
    url: process.env.DATABASE_URL ?? 'postgres://sluice:secret@db.internal:5432/sluice',
    onProblem: (error) => console.error(error), // the database went away; it is looked for until it is back
  });
  const sluice = createSluice({ store });
  await sluice.ready;
  // #endregion
  const other = createSluice({ store: postgresStore({ url: process.env.DATABASE_URL ?? '' }) });
  await other.ready;
  await sluice.flags.setFlag('new_search', { enabled: true });
  await vi.waitFor(() => expect(other.flags.isEnabled('new_search', { userId: 'u' })).toBe(true), { timeout: 20_000 });
  await Promise.all([sluice.close(), other.close()]);
});
