/** The OpenAPI 3.1 document of the route table. */
import type { JsonObject } from '@sluice/core';
import { z } from 'zod';
import { IDEMPOTENCY_KEY, MAX_IDEMPOTENCY_KEY } from './headers.ts';
import { PROBLEM_TYPE, problemSchema } from './problem.ts';
import { MEDIA, type Route } from './route.ts';
import { ROUTE_IDS, routeOf } from './routes.ts';

type Json = Record<string, unknown>;
const REF = '#/components/schemas/';

/** What the same request answers when it does not go well. */
const PROBLEMS: Readonly<Record<string, string>> = {
  400: 'The request breaks a rule; `issues` names each place',
  401: 'No caller, or one that is not known any more',
  403: 'The caller may not do this',
  404: 'There is no such thing in what the caller can see',
  429: 'Too many requests; `Retry-After` says when again',
  503: 'It cannot be done now',
};
const PROBLEMS_OF_CHANGES: Readonly<Record<string, string>> = {
  409: 'Somebody else was first, or owns what was to be changed',
  413: 'The body is larger than 1 MiB',
  415: 'The body is not JSON in UTF-8',
  422: 'Not allowed in the present state, or an idempotency key that was used for another request',
};

/** `version` is that of the server. */
export function openApiDocument(version: string): JsonObject {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const id of ROUTE_IDS) {
    const route = routeOf(id);
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(id, route, schemas) };
  }
  schemaOf(problemSchema, 'output', schemas);
  const document = {
    openapi: '3.1.0',
    info: { title: 'Sluice', version, description: 'Feature flags, gradual rollouts, tests and rollback' },
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  };
  return document as unknown as JsonObject;
}

function operationOf(id: string, route: Route, schemas: Json): Json {
  return {
    operationId: id,
    tags: [id.split('.')[0]],
    summary: route.summary,
    ...(route.permission === 'public'
      ? { security: [] }
      : { security: [{ bearer: [] }, { apiKey: [] }], 'x-permission': route.permission }),
    parameters: [...parametersOf(route, schemas), ...headersOf(route)],
    ...(route.body === null
      ? {}
      : {
          requestBody: {
            required: !route.body.safeParse({}).success,
            content: { 'application/json': { schema: schemaOf(route.body, 'input', schemas) } },
          },
        }),
    responses: { ...answersOf(route, schemas), ...problemsOf(route) },
  };
}

function parametersOf({ params, query }: Route, schemas: Json): Json[] {
  const part = (where: 'path' | 'query', shape: Readonly<Record<string, z.ZodType>>): Json[] =>
    Object.entries(shape).map(([name, schema]) => ({
      name,
      in: where,
      required: where === 'path' || !schema.safeParse(undefined).success,
      schema: schemaOf(schema, 'input', schemas),
    }));
  return [...part('path', params.shape), ...part('query', query.shape)];
}

function headersOf({ changes, matchesRevision }: Route): Json[] {
  const header = (name: string, description: string): Json => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string', maxLength: MAX_IDEMPOTENCY_KEY },
  });
  return [
    ...(matchesRevision ? [header('if-match', 'ETag of the revision that is to be changed; another one is answered 412')] : []),
    ...(changes ? [header(IDEMPOTENCY_KEY, 'The same key and request is done once, however often it is sent')] : []),
  ];
}

function answersOf({ answers, medium }: Route, schemas: Json): Json {
  const entries = Object.entries(answers).map(([status, schema]) => [
    status,
    schema === null
      ? { description: status === '304' ? 'Not modified' : 'Done' }
      : {
          description: Number(status) < 400 ? 'Done' : 'Not done',
          content: { [Number(status) < 400 ? MEDIA[medium] : MEDIA.json]: { schema: schemaOf(schema, 'output', schemas) } },
        },
  ]);
  return Object.fromEntries(entries) as Json;
}

function problemsOf({ answers, changes, matchesRevision, permission, body }: Route): Json {
  if (permission === 'public') return {};
  const problems = { ...PROBLEMS, ...(changes || body !== null ? PROBLEMS_OF_CHANGES : {}) };
  const all = matchesRevision ? { ...problems, 412: 'The record has another revision than `If-Match` says' } : problems;
  const content = { [PROBLEM_TYPE]: { schema: { $ref: `${REF}Problem` } } };
  const entries = Object.entries(all).filter(([status]) => !(Number(status) in answers));
  return Object.fromEntries(entries.map(([status, description]) => [status, { description, content }]));
}

/** Schemas with an id stand once among the components. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const {
    $schema: _dialect,
    $defs,
    ...root
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  }) as Json & { readonly $defs?: Json };
  for (const [id, definition] of Object.entries($defs ?? {})) schemas[id] = relocated(definition);
  // A schema with an id may come as a reference to a definition of itself, or as what it is.
  const id = z.globalRegistry.get(schema)?.id;
  if (id === undefined || '$ref' in root) return relocated(root) as Json;
  const { id: _id, ...own } = root;
  schemas[id] = relocated(own);
  return { $ref: `${REF}${id}` };
}

function relocated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocated);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) =>
      key === '$ref' && typeof member === 'string' ? [key, member.replace('#/$defs/', REF)] : [key, relocated(member)],
    ),
  );
}
