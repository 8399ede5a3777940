/** A canary that is started from its dialog, and the traffic that it is judged by. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { BASE, type PageWorld, PLACE } from './page-world.testing.ts';
import { seen } from './seeing.testing.ts';

/** Of each batch of traffic. */
const USERS = 300;
const BATCH_MS = 500;
/** The shortest that the dialog takes, in minutes: six seconds. */
const SHORTEST_BAKE = '0.1';

/** Up to 5 %, in two stages, with at most 5 % of errors. Leaves a mark in the page that goes when it is loaded again. */
export async function startCanary(at: PageWorld, page: Page, flag: string): Promise<void> {
  await at.client.flags.set({ ...PLACE, key: flag, settings: { enabled: true, rolloutPercentage: 0 } });
  await page.goto(`${BASE}/flags/${flag}`);
  await page.getByRole('button', { name: 'Roll out' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Up to').fill('5');
  await dialog.getByLabel('Bake of each stage').fill(SHORTEST_BAKE);
  await dialog.getByRole('combobox', { name: 'Bound of criterion 1' }).click();
  await page.getByRole('option', { name: 'at most', exact: true }).click();
  await dialog.getByLabel('Value of criterion 1').fill('0.05');
  await dialog.getByRole('textbox', { name: /Why/ }).fill('a journey');
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(new RegExp(`${BASE}/rollouts/${flag}$`));
  await page.evaluate('window.neverLoadedAgain = true');
}

export const wasNeverLoadedAgain = (page: Page): Promise<unknown> => page.evaluate('window.neverLoadedAgain === true');

/** Traffic, of which one user in `oneIn` meets an error, until `text` is on the page. */
export async function underTraffic(at: PageWorld, page: Page, flag: string, oneIn: number, text: string): Promise<void> {
  let isSeen = false;
  const watched = seen(text, page).finally(() => {
    isSeen = true;
  });
  for (let batch = 1; !isSeen; batch++) {
    await met(at, flag, batch, oneIn);
    await pause(BATCH_MS);
  }
  await watched;
}

/** What users met, as a program tells it: each was served the change, and some an error. */
async function met({ client }: PageWorld, flag: string, seq: number, oneIn: number): Promise<void> {
  const users = Array.from({ length: USERS }, (_, index) => `user-${seq}-${index}`);
  const served = { flag, variant: 'on' };
  const counted = (metric: string, of: readonly string[]) =>
    of.map((unit) => ({ kind: 'count' as const, metric, value: 1, unit, ...served }));
  await client.metrics.observe({
    ...PLACE,
    sender: { instanceId: `a journey of ${flag}`, seq },
    exposures: users.map((unit) => ({ unit, ...served })),
    observations: [
      ...counted('requests', users),
      ...counted(
        'errors',
        users.filter((_, index) => index % oneIn === 0),
      ),
    ],
  });
}
