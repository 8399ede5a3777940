/** What a run needs before its first test and leaves behind after its last. */

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foundBrowser } from './journeys/src/page/browser.testing.ts';
import { findPrometheus, findPromtool } from './packages/engine/src/metrics/prometheus-binary.testing.ts';

const BUNDLE = join(import.meta.dirname, 'packages/server/bundle.js');
const WHOLE_RUNS = ['test', 'soak'];

/** Tests and the processes they start have a temporary folder of the run's own, which goes with it: also what a failed test could not remove. */
export async function setup(): Promise<() => Promise<void>> {
  bundleServer();
  await fetchWhatIsShared();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-tests-'));
  // PostgreSQL does not run as root: its own user must reach its folder in this one.
  await chmod(folder, 0o711);
  process.env.TMPDIR = folder;
  return () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Fetched once for a whole run: tests that run beside one another would each begin to install it. */
async function fetchWhatIsShared(): Promise<void> {
  if (!WHOLE_RUNS.includes(process.env.npm_lifecycle_event ?? '')) return;
  findPrometheus();
  findPromtool();
  await foundBrowser();
}

/** Tests start the server as it is published: of what was compiled last. */
function bundleServer(): void {
  if (existsSync(join(BUNDLE, '../dist/main.js'))) execFileSync(process.execPath, [BUNDLE, '--if-older'], { stdio: 'inherit' });
}
