/** All handlers of the API. That each route has one, and none is of no route, is checked by the compiler. */
import type { RouteId } from '@sluice/protocol';
import { ACCESS_HANDLERS, ACCOUNT_HANDLERS, PEOPLE_HANDLERS, TOKEN_HANDLERS } from './access.ts';
import { BREAK_GLASS_HANDLERS } from './break-glass.ts';
import { COMPONENT_HANDLERS } from './components.ts';
import { EXPERIMENT_HANDLERS } from './experiments.ts';
import { FLAG_HANDLERS } from './flags.ts';
import type { Handler } from './handler.ts';
import { HISTORY_HANDLERS } from './history.ts';
import { METRIC_HANDLERS } from './metrics.ts';
import { PROJECT_HANDLERS } from './projects.ts';
import { ROLLBACK_HANDLERS } from './rollbacks.ts';
import { ROLLOUT_HANDLERS } from './rollouts.ts';
import { SEARCH_HANDLERS } from './search.ts';
import { SEGMENT_HANDLERS } from './segments.ts';
import { TRANSFER_HANDLERS } from './transfer.ts';
import { WEBHOOK_HANDLERS } from './webhooks.ts';

/** Routes that answer with more than a body, and are registered by themselves. */
type OwnWay = `${'ofrep' | 'definitions' | 'changes' | 'system' | 'session' | 'page'}.${string}`;
export type ApiRouteId = Exclude<RouteId, OwnWay>;

export const API_HANDLERS: { readonly [Id in ApiRouteId]: Handler<Id> } = {
  ...FLAG_HANDLERS,
  ...SEGMENT_HANDLERS,
  ...ROLLOUT_HANDLERS,
  ...ROLLBACK_HANDLERS,
  ...BREAK_GLASS_HANDLERS,
  ...EXPERIMENT_HANDLERS,
  ...COMPONENT_HANDLERS,
  ...METRIC_HANDLERS,
  ...HISTORY_HANDLERS,
  ...SEARCH_HANDLERS,
  ...TRANSFER_HANDLERS,
  ...PROJECT_HANDLERS,
  ...ACCESS_HANDLERS,
  ...PEOPLE_HANDLERS,
  ...TOKEN_HANDLERS,
  ...ACCOUNT_HANDLERS,
  ...WEBHOOK_HANDLERS,
};
