/** Calls through the typed client, whose answers must be what the route table says, no more and no less. */
import { type CallOptions, type ClientOptions, createClient } from '@sluice/client';
import { type AnswerOf, type CallId, type InputOf, routeOf } from '@sluice/protocol';
import { expect } from 'vitest';
import type { World } from './world.testing.ts';

export type CheckedCall = <Id extends CallId>(
  id: Id,
  input: InputOf<Id>,
  options?: CallOptions,
  as?: Partial<ClientOptions>,
) => Promise<AnswerOf<Id>>;

/** As `admin` unless `as` says otherwise. */
export function checkedCall({ url, secrets }: World): CheckedCall {
  return async (id, input, options, as = { token: secrets.admin }) => {
    const answer = await createClient({ url, ...as }).call(id, input, options);
    const schema = Object.entries(routeOf(id).answers).find(([status]) => Number(status) < 300)?.[1];
    if (schema === null || schema === undefined) expect(answer, id).toBeUndefined();
    else expect(schema.parse(answer), id).toEqual(answer);
    return answer;
  };
}
