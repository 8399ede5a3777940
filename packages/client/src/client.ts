/** A typed client whose calls are the routes of the table. */
import type { AnswerOf, InputOf, RouteId } from '@sluice/protocol';
import { ROUTE_IDS } from '@sluice/protocol';
import { type CallOptions, type ClientOptions, requester } from './request.ts';

type Group = RouteId extends `${infer Name}.${string}` ? Name : never;
type NamesIn<G extends string> = RouteId extends infer Id ? (Id extends `${G}.${infer Name}` ? Name : never) : never;
type Call<Id extends RouteId> = (input: InputOf<Id>, options?: CallOptions) => Promise<AnswerOf<Id>>;

/** `client.flags.get({ project, environment, key })` for the route `flags.get`, and so on. */
export type SluiceClient = {
  readonly [G in Group]: {
    readonly [Name in NamesIn<G>]: `${G}.${Name}` extends RouteId ? Call<`${G}.${Name}`> : never;
  };
} & {
  call<Id extends RouteId>(id: Id, input: InputOf<Id>, options?: CallOptions): Promise<AnswerOf<Id>>;
};

/**
 * Parameters, query and body of a route are given in one object. What the server refuses is thrown as the SluiceError that it is.
 * @throws SluiceError of the server's code and issues; `unavailable` when it cannot be reached or does not answer in time
 */
export function createClient(options: ClientOptions): SluiceClient {
  const request = requester(options);
  const groups: Record<string, Record<string, unknown>> = {};
  for (const id of ROUTE_IDS) {
    const [group, name] = id.split('.') as [string, string];
    groups[group] = { ...groups[group], [name]: (input: object, more?: CallOptions) => request(id, input, more ?? {}) };
  }
  return { ...groups, call: (id: RouteId, input: object, more?: CallOptions) => request(id, input, more ?? {}) } as never;
}
