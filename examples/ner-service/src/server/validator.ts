/** What the server asks at the end of a stage, over HTTP and signed: whether the service finds its work good. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { newSigningSecret } from '@sluice/server';
import { Webhook } from 'standardwebhooks';
import { readBody } from '../service.ts';

const PATH = '/validate';

export class Validator {
  readonly name = 'finds_authors';
  readonly secret = newSigningSecret();
  /** Questions that were answered, by the percentage of their stage. */
  readonly answered: number[] = [];
  refused = 0;
  readonly #isGood: () => boolean;

  constructor(isGood: () => boolean) {
    this.#isGood = isGood;
  }

  /** The server's setting that names it; `service` is the address at which `answer` is asked. */
  settingAt(service: string): string {
    return JSON.stringify({ [this.name]: { url: `${service}${PATH}`, secret: this.secret } });
  }

  /** False when the request is for something else. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'POST' || request.url !== PATH) return false;
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    readBody(request)
      .then((body) => new Webhook(this.secret).verify(body, request.headers as Record<string, string>))
      .then(
        (question) => {
          this.answered.push((question as { readonly percentage: number }).percentage);
          send(200, { ok: this.#isGood() });
        },
        (error: unknown) => {
          this.refused += 1;
          send(401, { error: String(error) });
        },
      );
    return true;
  }
}
