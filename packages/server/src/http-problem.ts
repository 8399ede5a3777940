/** Problems that are HTTP's own, with the status that the code alone does not say. */
import { type Issue, SluiceError } from 'sluice';

export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;
  readonly error: SluiceError;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: SluiceError, headers: Readonly<Record<string, string>> = {}) {
    super(error.message);
    this.status = status;
    this.error = error;
    this.headers = headers;
  }
}

export function unauthenticated(message: string): HttpProblem {
  return new HttpProblem(401, new SluiceError('unauthorized', message), { 'www-authenticate': 'Bearer realm="sluice"' });
}

export function tooMany(retryAfterSeconds: number): HttpProblem {
  const seconds = Math.max(1, Math.ceil(retryAfterSeconds));
  return new HttpProblem(429, new SluiceError('unavailable', `too many requests; try again in ${seconds} s`), {
    'retry-after': String(seconds),
  });
}

export function preconditionFailed(message: string): HttpProblem {
  return new HttpProblem(412, new SluiceError('conflict', message));
}

export function invalid(message: string, issues: readonly Issue[], status = 400): HttpProblem {
  return new HttpProblem(status, new SluiceError('invalid', message, { issues }));
}
