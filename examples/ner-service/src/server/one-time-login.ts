/** A link that logs somebody in, once: whoever opens it first gets the cookie of a session. Cookies of an address are those of all its ports. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Credentials, sessionCookie } from './staff.ts';

export class OneTimeLogin {
  readonly #path = `/enter/${randomBytes(18).toString('base64url')}`;
  readonly #server: string;
  readonly #who: Credentials;
  #isUsed = false;

  /** `server` is the address of the Sluice server. */
  constructor(server: string, who: Credentials) {
    this.#server = server;
    this.#who = who;
  }

  /** `service` is the address at which `answer` is asked. */
  linkAt(service: string): string {
    return `${service}${this.#path}`;
  }

  /** False when the request is for something else. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'GET' || request.url !== this.#path) return false;
    // The second time the link only leads there: whoever has the cookie is in, and everybody else is asked who they are.
    const entered = this.#isUsed ? Promise.resolve(null) : sessionCookie(this.#server, this.#who);
    this.#isUsed = true;
    entered.then(
      (cookie) => response.writeHead(302, { location: this.#server, ...(cookie === null ? {} : { 'set-cookie': cookie }) }).end(),
      (error: unknown) => {
        this.#isUsed = false;
        response.writeHead(502, { 'content-type': 'text/plain' }).end(String(error));
      },
    );
    return true;
  }
}
