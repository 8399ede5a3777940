/** What whole runs need beyond npm is fetched before they begin, once: tests that run beside one another would each begin to install it. */

import { foundBrowser } from './journeys/src/page/browser.testing.ts';
import { findPrometheus, findPromtool } from './packages/engine/src/metrics/prometheus-binary.testing.ts';

const WHOLE_RUNS = ['test', 'soak'];

export async function setup(): Promise<void> {
  if (!WHOLE_RUNS.includes(process.env.npm_lifecycle_event ?? '')) return;
  findPrometheus();
  findPromtool();
  await foundBrowser();
}
