/** The same journey over each database that a server may have. */
import { startPostgres } from '@sluice/conformance/postgres';
import { type PageWorld, pageWorld } from './page-world.testing.ts';

export const DATABASES = ['SQLite', 'PostgreSQL'] as const;

/** With a PostgreSQL of its own where it is that, which ends with the world. */
export async function pageWorldOver(database: (typeof DATABASES)[number]): Promise<PageWorld> {
  if (database === 'SQLite') return pageWorld();
  const postgres = await startPostgres();
  try {
    const world = await pageWorld({ databaseUrl: await postgres.database() });
    const { close: closeWorld } = world;
    // The world itself, not a copy: it holds another process after a restart.
    return Object.assign(world, {
      close: async () => {
        await closeWorld();
        await postgres.stop();
      },
    });
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
