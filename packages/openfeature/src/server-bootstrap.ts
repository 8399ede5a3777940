/** Values that a server puts into a page, so that the page begins with them. */
import type { EvaluationContext } from '@openfeature/server-sdk';
import type { Connection } from '@sluice/client';
import type { Evaluation } from '@sluice/core';
import { ContextUnit } from './context-unit.ts';
import type { WebFlag } from './web-options.ts';

/** Every flag for this context, as `SluiceWebProvider` takes it; no exposure. Only values leave the server, no rules. */
export function bootstrapOf(connection: Connection, context: EvaluationContext): { readonly flags: readonly WebFlag[] } {
  return { flags: Array.from(connection.evaluateAll(new ContextUnit(context)), ([key, evaluation]) => webFlag(key, evaluation)) };
}

function webFlag(key: string, { value, variant, reason, errorCode }: Evaluation<null>): WebFlag {
  if (errorCode !== null) return { key, errorCode };
  return { key, reason, ...(variant === null ? {} : { variant }), ...(value === null ? {} : { value }) };
}
