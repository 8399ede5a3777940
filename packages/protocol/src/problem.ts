/** Errors on the wire: problem details of RFC 9457, and back into the one error class. The only place where codes become statuses. */
import { ERROR_CODES, type ErrorCode, type Issue, SluiceError } from '@sluice/core';
import { z } from 'zod';

export const PROBLEM_TYPE = 'application/problem+json';

/** `refused` is well-formed and not allowed in this state, so it is not the 400 of what is malformed, nor the 409 of a lost race. */
export const STATUS_OF: Readonly<Record<ErrorCode, number>> = {
  invalid: 400,
  unauthorized: 403,
  notFound: 404,
  conflict: 409,
  refused: 422,
  repeated: 409,
  unavailable: 503,
};

const TITLES: Readonly<Record<ErrorCode, string>> = {
  invalid: 'The request breaks a rule',
  unauthorized: 'The caller may not do this',
  notFound: 'There is no such thing',
  conflict: 'Somebody else was first, or owns what was to be changed',
  refused: 'Not allowed in the present state',
  repeated: 'The idempotency key was used already',
  unavailable: 'It cannot be done now; the same request may succeed later',
};

export const issueSchema = z
  .object({
    path: z.string().describe('JSON pointer into the body, or "query …", "path …", "header …"'),
    message: z.string(),
    line: z.int().min(1).optional(),
    column: z.int().min(1).optional(),
  })
  .meta({ id: 'Issue' });

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(ERROR_CODES),
    /** The request's id, as it stands in the logs. */
    instance: z.string().optional(),
    issues: z.array(issueSchema).optional(),
  })
  .meta({ id: 'Problem' });

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly instance?: string;
  readonly issues?: readonly Issue[];
}

export interface ProblemDetails {
  /** Where the code alone does not say the status, as for 401 or 413. */
  readonly status?: number;
  readonly instance?: string;
}

export function problemOf(error: SluiceError, { status, instance }: ProblemDetails = {}): Problem {
  const { code, message, issues } = error;
  return {
    type: `urn:sluice:problem:${code}`,
    title: TITLES[code],
    status: status ?? STATUS_OF[code],
    detail: message,
    code,
    ...(instance === undefined ? {} : { instance }),
    ...(issues.length === 0 ? {} : { issues }),
  };
}

/** The error that a problem tells of. What is no problem, such as a gateway's page, is `unavailable` from 500 on. */
export function errorOfProblem(status: number, body: unknown): SluiceError {
  const read = problemSchema.safeParse(body);
  if (!read.success) return new SluiceError(status >= 500 ? 'unavailable' : codeOf(status), `the server answered ${status}`);
  const issues = (read.data.issues ?? []) as Issue[];
  return new SluiceError(read.data.code, read.data.detail, { issues });
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'unauthorized';
  if (status === 412) return 'conflict';
  if (status === 429) return 'unavailable';
  return ERROR_CODES.find((code) => STATUS_OF[code] === status) ?? 'invalid';
}
