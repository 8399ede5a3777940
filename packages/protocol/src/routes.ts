/** Every route, once. Server, client, document and the tests of who may call what are made from this table. */
import type { z } from 'zod';
import { ACCESS_ROUTES } from './access-routes.ts';
import { BREAK_GLASS_ROUTES } from './break-glass-routes.ts';
import { COMPONENT_ROUTES } from './component-routes.ts';
import { DEFINITION_ROUTES } from './definition-routes.ts';
import { EXPERIMENT_ROUTES } from './experiment-routes.ts';
import { FLAG_ROUTES } from './flag-routes.ts';
import { HISTORY_ROUTES } from './history-routes.ts';
import { METRIC_ROUTES } from './metric-routes.ts';
import { OFREP_ROUTES } from './ofrep.ts';
import { PAGE_ROUTES } from './page-routes.ts';
import { PROJECT_ROUTES } from './project-routes.ts';
import { ROLLBACK_ROUTES } from './rollback-routes.ts';
import { ROLLOUT_ROUTES } from './rollout-routes.ts';
import type { Route } from './route.ts';
import { SEGMENT_ROUTES } from './segment-routes.ts';
import { SYSTEM_ROUTES } from './system-routes.ts';
import { WEBHOOK_ROUTES } from './webhook-routes.ts';
import type { DeepReadonly } from './wire.ts';

export const ROUTES = {
  ...FLAG_ROUTES,
  ...SEGMENT_ROUTES,
  ...ROLLOUT_ROUTES,
  ...ROLLBACK_ROUTES,
  ...BREAK_GLASS_ROUTES,
  ...EXPERIMENT_ROUTES,
  ...COMPONENT_ROUTES,
  ...METRIC_ROUTES,
  ...HISTORY_ROUTES,
  ...PROJECT_ROUTES,
  ...ACCESS_ROUTES,
  ...WEBHOOK_ROUTES,
  ...DEFINITION_ROUTES,
  ...OFREP_ROUTES,
  ...SYSTEM_ROUTES,
  ...PAGE_ROUTES,
} as const;

export type Routes = typeof ROUTES;
export type RouteId = keyof Routes;
export const ROUTE_IDS = Object.keys(ROUTES) as readonly RouteId[];

/** Those that a call answers whole, as JSON or text: no streams and no bytes. */
export type CallId = Exclude<
  RouteId,
  `definitions.${'ownStream' | 'stream' | 'ownMembers' | 'members'}` | 'ofrep.events' | 'changes.follow'
>;

export function routeOf(id: RouteId): Route {
  return ROUTES[id] as unknown as Route;
}

/** Of an object without members a schema says that it has none of any name, which would say the same of whatever it is joined with. */
type IsEmpty<Schema> = Schema extends { readonly shape: infer Members }
  ? [keyof Members] extends [never]
    ? true
    : false
  : false;
type Infer<Schema> = IsEmpty<Schema> extends true ? object : Schema extends z.ZodType ? z.output<Schema> : object;
type Given<Schema> = IsEmpty<Schema> extends true ? unknown : Schema extends z.ZodType ? z.input<Schema> : unknown;

/** What a handler gets: parsed and with defaults. */
export type ParamsOf<Id extends RouteId> = Infer<Routes[Id]['params']>;
export type QueryOf<Id extends RouteId> = Infer<Routes[Id]['query']>;
export type BodyOf<Id extends RouteId> = Routes[Id]['body'] extends infer Body ? Infer<NonNullable<Body>> : never;

type Successes = 200 | 201;
type Succeeding<Replies> = { [Status in keyof Replies]: Status extends Successes ? Replies[Status] : never }[keyof Replies];
/** What is answered when it went well; undefined where nothing is. */
export type AnswerOf<Id extends RouteId> = [Succeeding<Routes[Id]['answers']>] extends [never]
  ? undefined
  : DeepReadonly<Infer<Succeeding<Routes[Id]['answers']>>>;

/** What a caller gives: parameters, query and body in one object, whose names are different in each route. */
export type InputOf<Id extends RouteId> = DeepReadonly<
  Given<Routes[Id]['params']> & Given<Routes[Id]['query']> & Given<NonNullable<Routes[Id]['body']>>
>;
