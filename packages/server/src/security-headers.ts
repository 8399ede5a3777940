/** What browsers are told to keep to. It is the same for all, so it is asked for once. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';

type ByName = Readonly<Record<string, string>>;

const NOTHING = { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } };

/** What only a document of HTML can be made to do. */
const OF_DOCUMENTS_ALONE = {
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  referrerPolicy: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const satisfies HelmetOptions;

/** Of every answer, by name in lower case. One that needs another value says so after them. */
export function securityHeaders(): ByName {
  return saidBy({ contentSecurityPolicy: NOTHING, ...OF_DOCUMENTS_ALONE });
}

/** Of a document, besides those of every answer; its policy of contents is its own. */
export function documentHeaders(): ByName {
  const everywhere = securityHeaders();
  const all = saidBy({ contentSecurityPolicy: NOTHING, xFrameOptions: { action: 'deny' } });
  return Object.fromEntries(Object.entries(all).filter(([name]) => !(name in everywhere)));
}

function saidBy(options: HelmetOptions): ByName {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, (problem?: unknown) => {
    if (problem !== undefined) throw problem;
  });
  return Object.fromEntries(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]));
}
