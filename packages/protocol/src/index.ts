/** The names of `@sluice/protocol`. */

export { type ChangedRecord, changesPart, everythingPart } from './changes-event.ts';
export { type EnvelopePart, issueInWords, readEnvelope } from './envelope-issues.ts';
export { EventStreamDecoder, type EventStreamDecoderOptions, encodePart, type StreamPart } from './event-stream.ts';
export { factsBatch, observation } from './facts.ts';
export { followStream } from './follow-stream.ts';
export { etagOfRevision, IDEMPOTENCY_KEY, MAX_IDEMPOTENCY_KEY, revisionOfEtag } from './headers.ts';
export {
  OFREP_ERRORS,
  type OfrepBulkFailure,
  type OfrepBulkSuccess,
  type OfrepError,
  type OfrepEventStream,
  type OfrepFailure,
  type OfrepSuccess,
  ofrepBulkFailure,
  ofrepBulkSuccess,
  ofrepFailure,
  ofrepSuccess,
} from './ofrep.ts';
export { openApiDocument } from './openapi.ts';
export { MAX_PAGE, type Page, type PageQuery } from './page.ts';
export type { Needed } from './permission.ts';
export {
  errorOfProblem,
  PROBLEM_TYPE,
  type Problem,
  type ProblemDetails,
  problemOf,
  problemSchema,
  STATUS_OF,
} from './problem.ts';
export { refetchPart } from './refetch-event.ts';
export {
  type Answers,
  defineRoute,
  MAX_PARAM_LENGTH,
  type Medium,
  type Method,
  paramNames,
  type Reach,
  type Route,
} from './route.ts';
export {
  type AnswerOf,
  type BodyOf,
  type CallId,
  type InputOf,
  type ParamsOf,
  type QueryOf,
  ROUTE_IDS,
  ROUTES,
  type RouteId,
  type Routes,
  routeOf,
} from './routes.ts';
export {
  messageOfPart,
  parseSnapshot,
  partOfMessage,
  RESYNC_REASONS,
  type ResyncReason,
  type StreamMessage,
} from './stream-message.ts';
export type { DeepReadonly, Wire } from './wire.ts';
