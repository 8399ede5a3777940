import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_SETTINGS, readSettings } from '@sluice/server';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(import.meta.dirname, 'configuration.md'), 'utf8');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const namesIn = (text: string): string[] =>
  [...new Set([...text.matchAll(/\b(SLUICE_[A-Z_]+[A-Z]|DATABASE_URL)\b/g)].map(([name]) => name))].sort();
const rowOf = (name: string): string =>
  page.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}\``)) ?? '';

/** The members of an interface, as they are declared. */
function membersOf(path: string, name: string): string[] {
  const [, body = ''] = new RegExp(`interface ${name}\\b[^{]*\\{\\n(.*?)\\n\\}`, 's').exec(textOf(path)) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = '']) => member);
}

describe('the page of configuration', () => {
  it('has every variable that the code reads, and no other', () => {
    const sources = readdirSync(join(root, 'packages')).flatMap((name) =>
      readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts') && !/\.(test|testing)\.ts$/.test(path))
        .map((path) => join('packages', name, 'src', path)),
    );
    const read = [...new Set([...sources.flatMap((path) => namesIn(textOf(path))), 'SLUICE_SOAK'])].sort();
    expect(read.length).toBeGreaterThan(20);
    expect(namesIn(page)).toEqual(read);
  });

  it('has what the server asks its environment for, with its defaults', () => {
    const asked: string[] = [];
    readSettings(new Proxy({}, { get: (_all, name) => void asked.push(String(name)) }));
    expect(asked.filter((name) => rowOf(name) === '')).toEqual([]);
    const { port, host, dataFolder, logLevel, leaseMs, requestsPerMinute, failedLoginsPerMinute } = DEFAULT_SETTINGS;
    const defaults = {
      SLUICE_PORT: port,
      SLUICE_HOST: host,
      SLUICE_DATA: dataFolder,
      SLUICE_LOG_LEVEL: logLevel,
      SLUICE_LEASE_MS: leaseMs,
      SLUICE_REQUESTS_PER_MINUTE: requestsPerMinute,
      SLUICE_FAILED_LOGINS_PER_MINUTE: failedLoginsPerMinute,
    };
    for (const [name, value] of Object.entries(defaults)) expect(rowOf(name)).toContain(`\`${value}\``);
  });

  it.each([
    ['packages/engine/src/sluice-options.ts', 'SluiceOptions', 10],
    ['packages/client/src/connection/connect-options.ts', 'ConnectOptions', 14],
    ['packages/engine/src/store/sql/postgres-store.ts', 'PostgresStoreOptions', 5],
    ['packages/engine/src/store/sql/sqlite-store.ts', 'SqliteStoreOptions', 2],
    ['packages/engine/src/store/file-store.ts', 'FileStoreOptions', 1],
    ['packages/engine/src/store/journaled-records.ts', 'JournaledRecordsOptions', 6],
  ])('has every option of %s', (path, name, count) => {
    const members = membersOf(path, name);
    expect(members).toHaveLength(count);
    expect(members.filter((member) => rowOf(member) === '')).toEqual([]);
  });
});
