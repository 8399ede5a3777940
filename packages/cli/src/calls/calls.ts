/** The one seam between commands and what they work on: the calls of the route table, of a server or done on a flag file. */
import type { AnswerOf, CallId, CallOptions, InputOf } from '@sluice/client';

export interface Calls {
  call<Id extends CallId>(id: Id, input: InputOf<Id>, options: CallOptions): Promise<AnswerOf<Id>>;
  close(): Promise<void>;
}
