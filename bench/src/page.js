/** How long a browser with an empty cache takes until the overview answers a click. */
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { chromium } from 'playwright-core';
import { admitted, startServer } from './sluice-server.js';

const ROUNDS = 15;
const PLACE = { project: 'default', environment: 'development' };
const OVERVIEW = `/p/${PLACE.project}/${PLACE.environment}`;
const BROWSERS = [process.env.SLUICE_CHROMIUM, '/usr/bin/chromium', chromium.executablePath()];

/** Clicks the first control of the overview in each frame, until it leads away. Milliseconds since the address was asked for. */
const CLICK = `(() => {
  window.measured = { control: null, answered: null };
  const frame = () => {
    const control = document.querySelector('main a[href*="/rollouts/"]');
    if (control !== null) {
      window.measured.control ??= performance.now();
      control.click();
      if (location.pathname !== ${JSON.stringify(OVERVIEW)}) {
        window.measured.answered = performance.now();
        return;
      }
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})()`;

/** Flags, a rollout that waits for somebody and one in motion: what an overview usually has. */
async function livedIn(client) {
  const on = { enabled: true, rolloutPercentage: 0 };
  for (let index = 0; index < 50; index++) await client.flags.set({ ...PLACE, key: `flag_${index}`, settings: on });
  const settings = { strategy: 'percentage', stages: [10, 50, 100], bakeMs: 3_600_000, unvalidated: true };
  for (const [flag, autoAdvance] of [
    ['flag_0', true],
    ['flag_1', false],
  ])
    await client.rollouts.start({ ...PLACE, flag, settings: { ...settings, autoAdvance }, reason: 'a measurement' });
  await client.rollbacks.immediate({ ...PLACE, flag: 'flag_2', reason: 'a measurement' });
}

async function measured(browser, url, cookie) {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 } });
  const [name, value] = cookie.split('=');
  await context.addCookies([{ name, value, url }]);
  await context.addInitScript(CLICK);
  const page = await context.newPage();
  await page.goto(OVERVIEW, { waitUntil: 'commit' });
  await page.waitForURL(/\/rollouts\//, { waitUntil: 'commit', timeout: 60_000 });
  // The address changes within the click; the frame that notes it ends after that.
  while ((await page.evaluate('window.measured.answered')) === null);
  const figures = await page.evaluate(`({
    ...window.measured,
    painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
    bytes: performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  })`);
  await context.close();
  return figures;
}

function spread(rounds, of) {
  const values = rounds.map((figures) => Math.round(figures[of])).sort((a, b) => a - b);
  return `${values[Math.floor(values.length / 2)]} ms (${values[0]} to ${values.at(-1)})`;
}

const server = await startServer();
const browser = await chromium.launch({
  executablePath: BROWSERS.find((path) => path !== undefined && existsSync(path)),
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
});
try {
  const { client, cookie } = await admitted(server, PLACE);
  await livedIn(client);
  const before = loadavg()[0].toFixed(1);
  const rounds = [];
  for (let round = -1; round < ROUNDS; round++) {
    const figures = await measured(browser, server.url, cookie);
    if (round >= 0) rounds.push(figures);
  }
  process.stdout.write(`load average ${before} at the start, ${loadavg()[0].toFixed(1)} at the end; ${ROUNDS} rounds, the median
first paint of something        ${spread(rounds, 'painted')}
the overview's first control    ${spread(rounds, 'control')}
it answers a click              ${spread(rounds, 'answered')}
script, compressed              ${Math.round(rounds[0].bytes / 1000)} kB\n`);
} finally {
  await browser.close();
  server.end();
}
