import { ERROR_CODES, SluiceError } from '@sluice/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openApiDocument } from './openapi.ts';
import { errorOfProblem, problemOf, problemSchema } from './problem.ts';
import { defineRoute, paramNames } from './route.ts';
import { ROUTE_IDS, routeOf } from './routes.ts';

const routes = ROUTE_IDS.map((id) => ({ id, route: routeOf(id) }));

describe('the route table', () => {
  it('names each part of a call once, so that a call is one object', () => {
    for (const { id, route } of routes) {
      const names = [
        ...Object.keys(route.params.shape),
        ...Object.keys(route.query.shape),
        ...Object.keys(route.body?.shape ?? {}),
      ];
      expect(new Set(names).size, id).toBe(names.length);
    }
  });

  it('has one route of each method and path, whatever their parameters are called', () => {
    const places = routes.map(({ route }) => `${route.method} ${route.path.replace(/:\w+/g, ':')}`);
    expect(places.filter((place, index) => places.indexOf(place) !== index)).toEqual([]);
  });

  it('has a body on no GET and no DELETE, and a way to say why on every change of a record', () => {
    for (const { id, route } of routes) {
      if (route.method === 'GET' || route.method === 'DELETE') expect(route.body, id).toBeNull();
      const isSaid = 'reason' in route.query.shape || 'reason' in (route.body?.shape ?? {});
      const needsNone = /^(metrics|account\.setPassword)/.test(id);
      if (route.changes && !needsNone) expect(isSaid, id).toBe(true);
    }
  });

  it('does not compile without a permission', () => {
    // @ts-expect-error a route says who may call it
    const open = defineRoute({ method: 'GET', path: '/x', summary: 'x', answers: { 200: z.string() } });
    expect(open.permission).toBeUndefined();
  });
});

describe('the OpenAPI document', () => {
  const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3'))) as {
    openapi: string;
    paths: Record<
      string,
      Record<string, { operationId: string; parameters: { name: string; in: string }[]; responses: object; security: unknown[] }>
    >;
    components: { schemas: Record<string, object> };
  };

  it('has every route with its parameters, and a way to authenticate on all that are not public', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual([...ROUTE_IDS].sort());
    for (const { operationId, path, method, parameters, security } of operations) {
      const route = routeOf(operationId as (typeof ROUTE_IDS)[number]);
      expect(method.toUpperCase()).toBe(route.method);
      expect(path).toBe(route.path.replace(/:(\w+)/g, '{$1}'));
      expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(paramNames(route.path));
      expect(security.length > 0, operationId).toBe(route.permission !== 'public');
    }
  });

  it('refers to nothing that it does not have, and its schemas are schemas', () => {
    const text = JSON.stringify(document);
    const referred = new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name));
    expect([...referred].filter((name) => !Object.hasOwn(document.components.schemas, name ?? ''))).toEqual([]);
    expect(text).not.toContain('#/$defs/');
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'https://sluice.test/all', components: document.components });
    for (const name of Object.keys(document.components.schemas))
      expect(() => ajv.compile({ $ref: `https://sluice.test/all#/components/schemas/${name}` }), name).not.toThrow();
  });
});

describe('a problem', () => {
  it('comes back as the error that it was made of, whatever its code', () => {
    for (const code of ERROR_CODES) {
      const error = new SluiceError(code, 'what went wrong', {
        issues: [{ path: '/a/0', message: 'must be b', line: 1, column: 2 }],
      });
      const problem = problemOf(error, { instance: 'request-1' });
      expect(problemSchema.strict().parse(problem)).toEqual(problem);
      const back = errorOfProblem(problem.status, JSON.parse(JSON.stringify(problem)));
      expect([back.code, back.message, back.issues]).toEqual([error.code, error.message, error.issues]);
    }
  });

  it('is made of whatever a gateway answers', () => {
    expect(errorOfProblem(502, '<html>').code).toBe('unavailable');
    expect(errorOfProblem(429, undefined).code).toBe('unavailable');
    expect(errorOfProblem(401, {}).code).toBe('unauthorized');
    expect(errorOfProblem(404, null).code).toBe('notFound');
    expect(errorOfProblem(418, null).code).toBe('invalid');
  });
});
