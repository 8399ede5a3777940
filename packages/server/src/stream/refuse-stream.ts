/** The answer to who may not open a stream now. */
import type { ServerResponse } from 'node:http';
import { type Admitted, retryAfterSeconds } from './admission.ts';

const WHY: Readonly<Record<Exclude<Admitted, 'admitted'>, string>> = {
  tooFast: 'too many clients connect at once',
  full: 'the server takes no more streams',
};

export function refuseStream(response: ServerResponse, refusal: Exclude<Admitted, 'admitted'>, chance: number): void {
  const body = JSON.stringify({ type: 'about:blank', title: 'Service Unavailable', status: 503, detail: WHY[refusal] });
  response.writeHead(503, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'retry-after': String(retryAfterSeconds(refusal, chance)),
  });
  response.end(body);
}
