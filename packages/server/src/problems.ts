/** Whatever was thrown becomes a problem; what nobody foresaw is logged, and told without its insides. */
import { PROBLEM_TYPE, problemOf } from '@sluice/protocol';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { SluiceError } from 'sluice';
import { MEANWHILE } from './break-glass/served-store.ts';
import { HttpProblem } from './http-problem.ts';
import { methodsAt } from './path-methods.ts';

/** Statuses of the framework that are the caller's doing. */
const FRAMEWORK_WORDS: Readonly<Record<number, string>> = {
  400: 'the request cannot be read',
  404: 'there is no such path',
  408: 'the request took too long to arrive',
  413: 'the body is larger than 1 MiB',
  414: 'the path is too long',
  415: 'the body must be application/json in UTF-8',
  431: 'the headers are too large',
};

export interface ToldFailure {
  readonly status: number;
  readonly error: SluiceError;
  readonly headers: Readonly<Record<string, string>>;
}

export function toldFailure(thrown: unknown, request: FastifyRequest): ToldFailure {
  if (thrown instanceof HttpProblem) return { status: thrown.status, error: thrown.error, headers: thrown.headers };
  if (thrown instanceof SluiceError) {
    const { status } = problemOf(thrown);
    if (status >= 500) request.log.error({ err: thrown }, thrown.message);
    return { status, error: toldOutside(thrown, status, request), headers: status === 503 ? { 'retry-after': '1' } : {} };
  }
  const status = (thrown as Partial<FastifyError>)?.statusCode ?? 500;
  const words = FRAMEWORK_WORDS[status];
  if (words !== undefined) return { status, error: new SluiceError('invalid', words), headers: {} };
  request.log.error({ err: thrown }, 'a request failed for a reason that nobody foresaw');
  const told = new SluiceError('unavailable', `the server failed; its log has the reason under the request ${request.id}`);
  return { status: 500, error: told, headers: {} };
}

/** What a store or a disk said names paths, hosts and statements: that is for the log. */
function toldOutside(error: SluiceError, status: number, { id }: FastifyRequest): SluiceError {
  if (status < 500 || error.cause === undefined) return error;
  return new SluiceError(
    error.code,
    `it cannot be kept or read at the moment; try again later. ${MEANWHILE}. The log has the reason under the request ${id}`,
  );
}

export function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, error, headers } = toldFailure(thrown, request);
  const problem = problemOf(error, { status, instance: request.id });
  return reply.code(status).headers(headers).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** A path that is known is told from one that is not: who sent the wrong method hears of the right ones. */
export function sendUnknownPath(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?')[0] ?? '';
  const asked = `${request.method} ${path.slice(0, 200)}`;
  const methods = methodsAt(path);
  if (methods.length === 0) return sendProblem(new SluiceError('notFound', `there is no ${asked}`), request, reply);
  const error = new SluiceError('notFound', `there is no ${asked}: this path takes ${methods.join(', ')}`);
  return sendProblem(new HttpProblem(405, error, { allow: methods.join(', ') }), request, reply);
}
