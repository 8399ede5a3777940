/** A site whose page asks a real server of another origin, in a real browser. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../../../journeys/src/page/browser.testing.ts';
import { type World, world } from '../../../packages/server/src/world.testing.ts';

/** Shows what its user is given of the test `button`, and sells when it is told to. */
const SCRIPT = `
  import { OpenFeature } from '@openfeature/web-sdk';
  import { SluiceWebProvider, WebCache } from '@sluice/openfeature/web';
  await OpenFeature.setContext({ targetingKey: new URLSearchParams(location.search).get('user') });
  await OpenFeature.setProviderAndWait(new SluiceWebProvider({ ...settings, cache: new WebCache(localStorage) }));
  const client = OpenFeature.getClient();
  window.sell = (value) => client.track('revenue', { value });
  window.details = () => client.getStringDetails('button', 'none');
  document.body.textContent = details().value;
`;

export interface TestSite {
  readonly at: World;
  readonly browser: Browser;
  readonly origin: string;
  close(): Promise<void>;
}

export async function testSite(): Promise<TestSite> {
  const at = await world();
  await begin(at);
  const bundled = await build({
    stdin: { contents: SCRIPT, resolveDir: import.meta.dirname },
    ...{ bundle: true, write: false, format: 'esm', target: 'es2022', conditions: ['sluice-source'] },
  });
  const settings = JSON.stringify({ url: at.url, token: at.secrets.client });
  const html = `<!doctype html><body></body><script type="module">const settings = ${settings};${bundled.outputFiles[0]?.text}</script>`;
  const site = createServer((_request, response) => void response.setHeader('content-type', 'text/html').end(html));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const browser = await openBrowser();
  return {
    ...{ at, browser, origin: `http://127.0.0.1:${(site.address() as AddressInfo).port}` },
    close: async () => {
      await browser.close();
      site.closeAllConnections();
      site.close();
      await at.close();
    },
  };
}

async function begin({ sluice, clock }: World): Promise<void> {
  await sluice.abTests.createTest({
    ...{ testId: 'button', controlComponent: 'blue', treatmentComponent: 'green', trafficSplit: 0.5, durationDays: 7 },
    trackedMetrics: [{ name: 'revenue', aggregation: 'sum' }],
  });
  await sluice.abTests.startTest('button');
  // What a page tells is a second old.
  await clock.advance(60_000);
}
