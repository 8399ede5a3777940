/** What a call on a flag file is given, and answers. */
import type { AnswerOf, CallId, InputOf } from '@sluice/client';
import type { EditOptions, Sluice } from 'sluice';

/** What one call is given: the parts of the route's input, and who changes and why. */
export interface FileCall<Id extends CallId> {
  readonly sluice: Sluice;
  readonly input: InputOf<Id>;
  readonly by: EditOptions;
}
export type FileCallsOf<Ids extends CallId> = { readonly [Id in Ids]: (call: FileCall<Id>) => Promise<AnswerOf<Id>> };
