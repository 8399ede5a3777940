/** A typed client whose calls are the routes of the table. */
import type { AnswerOf, CallId, InputOf } from '@sluice/protocol';
import { ROUTE_IDS, routeOf } from '@sluice/protocol';
import { type CallOptions, type ClientOptions, requester } from './request.ts';

type Group = CallId extends `${infer Name}.${string}` ? Name : never;
type NamesIn<G extends string> = CallId extends infer Id ? (Id extends `${G}.${infer Name}` ? Name : never) : never;
type Call<Id extends CallId> = (input: InputOf<Id>, options?: CallOptions) => Promise<AnswerOf<Id>>;

/** `client.flags.get({ project, environment, key })` for the route `flags.get`, and so on. */
export type SluiceClient = {
  readonly [G in Group]: {
    readonly [Name in NamesIn<G>]: `${G}.${Name}` extends CallId ? Call<`${G}.${Name}`> : never;
  };
} & {
  call<Id extends CallId>(id: Id, input: InputOf<Id>, options?: CallOptions): Promise<AnswerOf<Id>>;
};

/**
 * Parameters, query and body of a route are given in one object. What the server refuses is thrown as the SluiceError that it is.
 * @throws SluiceError of the server's code and issues; `unavailable` when it cannot be reached or does not answer in time
 */
export function createClient(options: ClientOptions): SluiceClient {
  const request = requester(options);
  const groups: Record<string, Record<string, unknown>> = {};
  for (const id of ROUTE_IDS) {
    if (!['json', 'text'].includes(routeOf(id).medium)) continue;
    const [group, name] = id.split('.') as [string, string];
    groups[group] = { ...groups[group], [name]: (input: object, more?: CallOptions) => request(id, input, more ?? {}) };
  }
  return { ...groups, call: (id: CallId, input: object, more?: CallOptions) => request(id, input, more ?? {}) } as never;
}
