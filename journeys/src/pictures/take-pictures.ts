/** `npm run screenshots`: writes docs/images anew, of the demo's world with a rollout in motion. Names of pictures as arguments take only those. */
import { mkdir, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type LivedIn, livedIn } from '@sluice/example-ner-service/lived-in';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../page/browser.testing.ts';
import { type Look, PICTURES, type Picture } from './pictures.ts';

const FOLDER = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
const SIZES = {
  desktop: { width: 1440, height: 900 },
  dark: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;
/** The stage, from 0, at which a canary has enough to show: its third has a tenth of the traffic. */
const WORTH_SHOWING = 2;
const SEEN_MS = 30_000;
const LOADING = '.mantine-Skeleton-root, .mantine-Loader-root';

async function take(world: LivedIn, browser: Browser, wanted: readonly Picture[]): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  let bytes = 0;
  for (const picture of wanted)
    for (const look of picture.looks) {
      const file = `${picture.name}${look === 'desktop' ? '' : `-${look}`}.png`;
      const context = await contextOf(world, browser, picture, look);
      const page = await context.newPage();
      await show(world, page, picture);
      await page.screenshot({ path: `${FOLDER}${file}`, animations: 'disabled' });
      await context.close();
      const { size } = await stat(`${FOLDER}${file}`);
      bytes += size;
      process.stdout.write(`${file} ${Math.round(size / 1024)} kB\n`);
    }
  process.stdout.write(`${(bytes / 1024 / 1024).toFixed(1)} MB\n`);
}

async function contextOf({ url, cookie }: LivedIn, browser: Browser, picture: Picture, look: Look): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: SIZES[look],
    colorScheme: look === 'dark' ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const [name = '', value = ''] = cookie.split(';')[0]?.split('=') ?? [];
  if (picture.isOutside !== true) await context.addCookies([{ name, value, url }]);
  return context;
}

async function show({ place }: LivedIn, page: Page, { name, path, seen, isOutside }: Picture): Promise<void> {
  await page.goto(isOutside === true ? path : `/p/${place.project}/${place.environment}${path}`);
  try {
    await page.getByText(seen).first().waitFor({ timeout: SEEN_MS });
    // What is loaded apart, as charts are, stands in for itself until it is there.
    await page.locator(LOADING).first().waitFor({ state: 'detached', timeout: SEEN_MS });
  } catch (error) {
    throw new Error(`the picture "${name}" of ${path} does not come to show ${String(seen)}`, { cause: error });
  }
  await page.evaluate('document.fonts.ready');
}

const names = process.argv.slice(2);
const unknown = names.find((name) => !PICTURES.some((picture) => picture.name === name));
if (unknown !== undefined)
  throw new Error(`there is no picture "${unknown}"; there are ${PICTURES.map(({ name }) => name).join(', ')}`);
const world = await livedIn();
try {
  const browser = await openBrowser();
  try {
    while (((await world.movingStage()) ?? 0) < WORTH_SHOWING) await pause(500);
    await take(world, browser, names.length === 0 ? PICTURES : PICTURES.filter(({ name }) => names.includes(name)));
  } finally {
    await browser.close();
  }
} finally {
  await world.close();
}
