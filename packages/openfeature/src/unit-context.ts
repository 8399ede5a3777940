/** Puts the unit of a request into the transaction context, so that whatever evaluates flags while it is answered need not be handed it. */
import { AsyncLocalStorageTransactionContextPropagator, type EvaluationContext, OpenFeature } from '@openfeature/server-sdk';

/** What Express calls a middleware, and Fastify a hook with a callback. */
export type UnitContextHandler<Request> = (request: Request, reply: unknown, next: (error?: Error) => void) => void;

let hasPropagator = false;

/**
 * For Express `app.use(unitContext((request) => …))`, for Fastify `app.addHook('preHandler', unitContext((request) => …))`. `contextOf` gives
 * what is known of the request's unit: the `targetingKey`, `groups` and attributes; undefined for nothing. Evaluations of other requests see none of it.
 * The first call makes the OpenFeature API hold transaction contexts in an AsyncLocalStorage.
 */
export function unitContext<Request>(
  contextOf: (request: Request) => EvaluationContext | undefined,
): UnitContextHandler<Request> {
  if (!hasPropagator) OpenFeature.setTransactionContextPropagator(new AsyncLocalStorageTransactionContextPropagator());
  hasPropagator = true;
  return (request, _reply, next) => {
    let context: EvaluationContext | undefined;
    try {
      context = contextOf(request);
    } catch (error) {
      next(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (context === undefined) next();
    else OpenFeature.setTransactionContext(context, () => next());
  };
}
