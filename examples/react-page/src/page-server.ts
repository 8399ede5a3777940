/** Serves the page, with the values that its user has put into it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { connect } from '@sluice/client';
import { bootstrapOf } from '@sluice/openfeature/server';
import { build } from 'esbuild';

export interface PageServerOptions {
  /** Of the Sluice server. */
  readonly url: string;
  /** Of this server. */
  readonly serverToken: string;
  /** Of the page: whoever sees it can read it. */
  readonly clientToken: string;
  readonly port?: number;
  /** How often the page asks while it hears no stream, in milliseconds; the provider's own unless given. */
  readonly pollMs?: number;
}

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function startPage({ url, serverToken, clientToken, port = 0, pollMs }: PageServerOptions): Promise<PageServer> {
  const flags = connect({ url, token: serverToken });
  const [script] = await Promise.all([bundle(), flags.ready()]);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page');
    if (pathname === '/page.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
      return;
    }
    const user = searchParams.get('user') ?? 'anonymous';
    const bootstrap = bootstrapOf(flags, { targetingKey: user });
    const html = document({ url, token: clientToken, user, bootstrap, pollMs });
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await flags.close();
    },
  };
}

const STYLE = `
      body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
      main { box-sizing: border-box; min-height: 100vh; padding: 2rem; color: #1b1b1f; background: #fff; }
      main[data-theme='dark'] { color: #eee; background: #1b1b1f; }
      button { padding: 0.5rem 1.5rem; font: inherit; }
    `;

/** `<` would end the script in which the settings stand. */
function document(settings: object): string {
  const text = JSON.stringify(settings).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Checkout</title>
    <link rel="icon" href="data:,">
    <style>${STYLE}</style>
  </head>
  <body>
    <div id="page"></div>
    <script id="settings" type="application/json">${text}</script>
    <script type="module" src="/page.js"></script>
  </body>
</html>`;
}

async function bundle(): Promise<Uint8Array> {
  // Beside this file, which is TypeScript in a test and JavaScript when it was built.
  const ending = import.meta.url.endsWith('.ts') ? 'tsx' : 'js';
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./page.${ending}`, import.meta.url))],
    ...{ bundle: true, minify: true, write: false, format: 'esm', target: 'es2022', jsx: 'automatic' },
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}
