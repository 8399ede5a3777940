/** The page, as it was built: one document for every address of it, and files that never change under their name. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SluiceError } from 'sluice';
import type { Admit } from './authentication.ts';
import { registerRoute } from './registration.ts';
import { documentHeaders } from './security-headers.ts';

export interface Page {
  readonly folder: string;
  /** With a place for the nonce of its styles. */
  readonly document: string;
}

const NONCE = '__NONCE__';
const OF_DOCUMENTS = documentHeaders();
const YEAR_MS = 365 * 86_400_000;

/** In a workspace it is the dashboard's; a package that was installed has a copy of its own (`prepack`). */
const PLACES: readonly (() => string)[] = [
  () => fileURLToPath(import.meta.resolve('@sluice/dashboard/index.html')),
  () => fileURLToPath(new URL('../page/index.html', import.meta.url)),
];

/** Null where it was not built: the API is there without it. */
export async function builtPage(): Promise<Page | null> {
  for (const place of PLACES) {
    try {
      const path = place();
      return { folder: dirname(path), document: await readFile(path, 'utf8') };
    } catch {
      // It may stand in the next place.
    }
  }
  return null;
}

export async function registerPage(app: FastifyInstance, admit: Admit, page: Page | null): Promise<void> {
  if (page !== null) await app.register(fastifyStatic, { root: page.folder, serve: false, preCompressed: true });
  registerRoute(app, 'page.index', admit, (_request, reply) => sendPage(reply, needed(page)));
  registerRoute(app, 'page.asset', admit, (request, reply) => {
    const { file } = request.params as { readonly file: string };
    const { folder } = needed(page);
    return reply.sendFile(file, join(folder, 'assets'), { maxAge: YEAR_MS, immutable: true });
  });
}

function needed(page: Page | null): Page {
  if (page === null) throw new SluiceError('notFound', 'the page was not built: run "npm run build"');
  return page;
}

/** Whether a browser asks for an address of the page, which the page itself then reads. */
export function isAddressOfPage({ method, url, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true && !/^\/(api|ofrep|assets)(\/|$)/.test(url);
}

export function sendPage(reply: FastifyReply, { document }: Page): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return reply
    .headers(OF_DOCUMENTS)
    .header('content-security-policy', policy(nonce))
    .header('cache-control', 'no-cache')
    .type('text/html; charset=utf-8')
    .send(document.replaceAll(NONCE, nonce));
}

function policy(nonce: string): string {
  const own = "'self'";
  return [
    "default-src 'none'",
    `script-src ${own}`,
    `style-src ${own} 'nonce-${nonce}'`,
    `img-src ${own} data:`,
    `font-src ${own}`,
    `connect-src ${own}`,
    // What simulates beside the page.
    `worker-src ${own}`,
    "base-uri 'none'",
    `form-action ${own}`,
    "frame-ancestors 'none'",
  ].join('; ');
}
