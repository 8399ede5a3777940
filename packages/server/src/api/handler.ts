/** What a handler gets and gives: the route's own types, from the table. */
import type { Principal } from '@sluice/core';
import type { AnswerOf, BodyOf, ParamsOf, QueryOf, RouteId, Wire } from '@sluice/protocol';
import type { FastifyRequest } from 'fastify';
import type { EditOptions, Scope, Sluice, Workspace } from 'sluice';
import type { Peers } from '../break-glass/peers.ts';
import type { ServedStore } from '../break-glass/served-store.ts';
import type { WorkspaceNotifier } from '../notifications/workspace-notifier.ts';
import type { Outbound } from '../outbound/outbound.ts';

export interface Call<Id extends RouteId> {
  readonly params: ParamsOf<Id>;
  readonly query: QueryOf<Id>;
  readonly body: BodyOf<Id>;
  readonly principal: Principal;
  readonly scope: Scope;
  readonly workspace: Workspace;
  readonly outbound: Outbound;
  readonly store: ServedStore;
  /** Null where there is no other replica. */
  readonly peers: Pick<Peers, 'tell'> | null;
  /** Null where this process sends nothing to webhooks. */
  readonly notifier: () => WorkspaceNotifier | null;
  /** Of the environment that the route is about: there on its routes alone. */
  readonly sluice: Sluice;
  /** Who changes, why, and of which revision: for every change that is made for this request. */
  readonly by: EditOptions;
  readonly request: FastifyRequest;
}

export type Handler<Id extends RouteId> = (call: Call<Id>) => AnswerOf<Id> | Promise<AnswerOf<Id>>;

/** One for each of these routes: a missing one, and one of no route, does not compile. */
export type HandlersOf<Prefix extends string> = { readonly [Id in Extract<RouteId, `${Prefix}.${string}`>]: Handler<Id> };

/** A value as it will be once it is sent. */
export function wire<T>(value: T): Wire<T> {
  return value as Wire<T>;
}
