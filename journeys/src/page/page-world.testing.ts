/** A server process, people with roles, and pages of a browser in which they are logged in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SluiceClient } from '@sluice/client';
import type { Browser, Page } from 'playwright-core';
import { admitted, clientOf, freePort, ME, type ServerProcess, spawnServer } from '../server/server-process.testing.ts';
import { openBrowser } from './browser.testing.ts';

export const PLACE = { project: 'default', environment: 'development' } as const;
export const BASE = `/p/${PLACE.project}/${PLACE.environment}`;
export const OTHERS = { viewer: 'vic@example.org', approver: 'ada@example.org' } as const;

export interface PageOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  /** Of the browser; its own unless given. */
  readonly locale?: string;
  readonly timezoneId?: string;
  /** Where the browser finds the server; its own address unless given. */
  readonly url?: string;
}

export interface WorldOptions {
  /** Of a PostgreSQL database; SQLite unless given. */
  readonly databaseUrl?: string;
  /** More of the server's environment. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface PageWorld {
  server: ServerProcess;
  readonly client: SluiceClient;
  /** Of the server. */
  readonly dataFolder: string;
  readonly browser: Browser;
  /** What pages complained of, or threw. */
  readonly complaints: string[];
  /** Logged in as this person, at the overview. */
  loggedIn(email?: string, options?: PageOptions): Promise<Page>;
  /** The same process again, on the same data and port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function pageWorld(options: WorldOptions = {}): Promise<PageWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-page-'));
  const place = { dataFolder: folder, port: await freePort(), ...options };
  const server = spawnServer(place);
  await server.ready();
  const client = clientOf(server, (await admitted(server)).secret);
  for (const [role, email] of Object.entries(OTHERS))
    await client.people.create({ email, password: ME.password, roles: { '*': role as keyof typeof OTHERS } });
  const browser = await openBrowser();
  const complaints: string[] = [];
  const world: PageWorld = {
    server,
    client,
    dataFolder: folder,
    browser,
    complaints,
    loggedIn: (email = ME.email, looks = {}) => loggedIn(world, email, looks),
    restart: async () => {
      world.server = spawnServer(place);
      await world.server.ready();
    },
    close: async () => {
      await browser.close();
      await world.server.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}

async function loggedIn({ browser, server, complaints }: PageWorld, email: string, options: PageOptions): Promise<Page> {
  const { colorScheme = 'light', width = 1280, url = server.url, ...reader } = options;
  const context = await browser.newContext({ baseURL: url, colorScheme, viewport: { width, height: 860 }, ...reader });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  await page.goto('/login');
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(ME.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/\/p\//);
  await page.goto(BASE);
  return page;
}
