/** What a route is, and how one is declared: once, with its permission, and everything else is derived from it. */
import { z } from 'zod';
import type { Needed } from './permission.ts';

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** The names of a path's parameters: `:key` of `/flags/:key`. */
export type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

export type Shape = Readonly<Record<string, z.ZodType>>;
/** The media type of what is answered when it goes well. */
export const MEDIA = {
  json: 'application/json',
  text: 'text/plain',
  bytes: 'application/octet-stream',
  page: 'text/html',
  /** A stream, which ends when one side ends it: no call of a client that waits for its answer. */
  events: 'text/event-stream',
} as const;
export type Medium = keyof typeof MEDIA;

export type Answers = Readonly<Record<number, z.ZodType | null>>;

/** What is said of a route where it is declared. */
export interface RouteDefinition<Path extends string, Query extends Shape, Body extends Shape, Replies extends Answers> {
  readonly method: Method;
  readonly path: Path;
  /** Needed to call it. */
  readonly permission: Needed;
  /** One sentence for the document. */
  readonly summary: string;
  readonly query?: Query;
  /** The members of the JSON object that is sent; a route without has no body. */
  readonly body?: Body;
  /** What is answered, by status; null where nothing is. Problems are the same for all routes. */
  readonly answers: Replies;
  /** Whether it takes `If-Match` with the revision of the record that the path names. */
  readonly matchesRevision?: boolean;
  /** Whether it answers a record with its revision, which is the ETag then; so do all that take `If-Match`. */
  readonly isRecord?: boolean;
  /** What it is about: said only where the path does not, as with OFREP, which is about the environment of the caller's token. */
  readonly reach?: Reach;
  /** False for a POST that only asks, such as `explain`: it is repeated safely and takes no idempotency key. */
  readonly changes?: boolean;
  /** JSON unless said. */
  readonly medium?: Medium;
  /**
   * Whether a page sends it that may be closing: with its client token in the query and the body as text, because a browser then need not ask first
   * whether it may send.
   */
  readonly isBeacon?: boolean;
  /** Whether the caller's right may stand in the query, as a `token` that was signed for it: browsers send no header with an event stream. */
  readonly takesGrant?: boolean;
  /** Whether what its query says is let pass: browsers and probes append to an address what is theirs. */
  readonly ignoresQuery?: boolean;
}

export interface Route<
  Path extends string = string,
  Query extends Shape = Shape,
  Body extends Shape = Shape,
  Replies extends Answers = Answers,
> {
  readonly method: Method;
  readonly path: Path;
  readonly permission: Needed;
  readonly summary: string;
  readonly params: z.ZodObject<{ readonly [Name in ParamNames<Path>]: z.ZodString }, z.core.$strict>;
  readonly query: z.ZodObject<Query, z.core.$strict>;
  readonly body: z.ZodObject<Body, z.core.$strict> | null;
  readonly answers: Replies;
  readonly matchesRevision: boolean;
  readonly isRecord: boolean;
  readonly reach: Reach;
  readonly changes: boolean;
  readonly medium: Medium;
  readonly isBeacon: boolean;
  readonly takesGrant: boolean;
  readonly ignoresQuery: boolean;
}

/** Longest key, name or id in a path, in characters. */
export const MAX_PARAM_LENGTH = 1024;

/** A route without a permission does not compile. */
export function defineRoute<
  const Path extends string,
  Query extends Shape = Record<never, never>,
  Body extends Shape = Record<never, never>,
  const Replies extends Answers = Answers,
>(definition: RouteDefinition<Path, Query, Body, Replies>): Route<Path, Query, Body, Replies> {
  const { method, path, permission, summary, query, body, answers, matchesRevision = false } = definition;
  const params = Object.fromEntries(paramNames(path).map((name) => [name, z.string().min(1).max(MAX_PARAM_LENGTH)]));
  return {
    method,
    path,
    permission,
    summary,
    params: z.strictObject(params) as Route<Path, Query, Body, Replies>['params'],
    query: z.strictObject(query ?? ({} as Query)) as unknown as Route<Path, Query, Body, Replies>['query'],
    body: body === undefined ? null : (z.strictObject(body) as unknown as Route<Path, Query, Body, Replies>['body']),
    answers,
    matchesRevision,
    isRecord: definition.isRecord ?? matchesRevision,
    reach: definition.reach ?? reachOf(path),
    changes: definition.changes ?? method !== 'GET',
    medium: definition.medium ?? 'json',
    isBeacon: definition.isBeacon ?? false,
    takesGrant: definition.takesGrant ?? false,
    ignoresQuery: definition.ignoresQuery ?? false,
  };
}

export function paramNames(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as string);
}

/** One environment, one project, the installation, or the environment that the caller's token is bound to. */
export type Reach = 'environment' | 'project' | 'installation' | 'token';

function reachOf(path: string): Reach {
  const names = paramNames(path);
  if (names.includes('environment')) return 'environment';
  return names.includes('project') ? 'project' : 'installation';
}
