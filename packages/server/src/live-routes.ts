/** What goes on after it was answered: streams of definitions and of refetch events, and the snapshots that go with them. */
import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type OfrepEventStream, type RouteId, routeOf } from '@sluice/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock, Scope, Workspace } from 'sluice';
import type { Admit, Admitted } from './authentication.ts';
import type { Lifecycle } from './lifecycle.ts';
import { registerRoute } from './registration.ts';
import { serveMemberSet, serveSnapshot } from './stream/definition-answers.ts';
import { workspaceDefinitions } from './stream/definition-source.ts';
import { pushEmergencies } from './stream/push-emergencies.ts';
import { endOf, endStreamsWithRights, holderOf, tokenOf } from './stream/stream-holder.ts';
import { StreamHub, type StreamSubscription } from './stream/stream-hub.ts';
import type { StreamLimits } from './stream/stream-limits.ts';
import { ofrepEventStream, StreamTokens } from './stream/stream-tokens.ts';

export interface LiveOptions {
  readonly workspace: Workspace;
  readonly clock: Clock;
  /** What session cookies are signed with; what streams are signed with is made from it. */
  readonly sessionKey: string;
  readonly onProblem: (error: unknown) => void;
  readonly limits?: Partial<StreamLimits>;
}

export class Live {
  readonly hub: StreamHub;
  readonly #workspace: Workspace;
  readonly #clock: Clock;
  readonly #tokens: StreamTokens;
  readonly #stops: (() => void)[] = [];

  constructor({ workspace, clock, sessionKey, onProblem, limits = {} }: LiveOptions) {
    this.#workspace = workspace;
    this.#clock = clock;
    this.hub = new StreamHub({ source: workspaceDefinitions(workspace), clock, onProblem, limits });
    this.#tokens = new StreamTokens({ secret: createHmac('sha256', sessionKey).update('sluice streams 1').digest() });
    this.#stops.push(
      workspace.watchEnvironments((scope, sluice) => {
        this.#stops.push(pushEmergencies({ scope, sluice, hub: this.hub, clock }));
      }),
      endStreamsWithRights(workspace, this.hub),
    );
  }

  /** Whose a grant is that stands in a URL; null for one that is over, and when its token was taken back. */
  readonly ofGrant = (grant: string): ReturnType<Workspace['access']['principalOfToken']> => {
    const read = this.#tokens.read(grant, this.#clock.now());
    return read === null ? null : this.#workspace.access.principalOfToken(read.tokenId);
  };

  /** Where whoever was answered hears of changes. */
  readonly eventStreams = ({ principal, scope }: Admitted): readonly OfrepEventStream[] => {
    if (principal.kind !== 'token') return [];
    const token = this.#tokens.issue({ scope, tokenId: principal.id }, this.#clock.now());
    return [ofrepEventStream(routeOf('ofrep.events').path, token)];
  };

  /** Names what the environment serves, as refetch events do. */
  readonly fingerprint = async (scope: Scope): Promise<string> => (await this.hub.definitions(scope)).fingerprint;

  registerRoutes(app: FastifyInstance, admit: Admit): void {
    for (const id of ['definitions.ownStream', 'definitions.stream', 'changes.follow'] as const)
      registerRoute(app, id, admit, (request, reply) => this.#stream(id, request, reply));
    for (const id of ['definitions.ownSnapshot', 'definitions.snapshot'] as const)
      registerRoute(app, id, admit, (request, reply) => {
        const { scope } = admittedOf(request);
        return serveSnapshot(this.hub, request.raw, withHeaders(reply), scope);
      });
    for (const id of ['definitions.ownMembers', 'definitions.members'] as const)
      registerRoute(app, id, admit, (request, reply) => {
        const { scope } = admittedOf(request);
        const { set } = request.params as { readonly set: string };
        return serveMemberSet(this.hub, request.raw, withHeaders(reply), { scope, id: set });
      });
  }

  /** Among the routes of OFREP, whose pages are of any origin. */
  registerEvents(app: FastifyInstance, admit: Admit): void {
    registerRoute(app, 'ofrep.events', admit, (request, reply) => this.#stream('ofrep.events', request, reply));
  }

  async #stream(id: RouteId, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { principal, scope } = admittedOf(request);
    const subscription: StreamSubscription = { scope, holder: holderOf(principal), ...endOf(principal, this.#workspace) };
    const response = withHeaders(reply);
    reply.hijack();
    if (id === 'ofrep.events') await this.hub.serveRefetches(request.raw, response, subscription);
    else if (id === 'changes.follow') await this.hub.serveChanges(request.raw, response, subscription);
    else await this.hub.serveDefinitions(request.raw, response, subscription);
    // It may have been taken back while the stream was being opened.
    const token = tokenOf(principal);
    if (token !== null && this.#workspace.access.principalOfToken(token) === null) this.hub.endStreamsOf(token);
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.hub.close();
  }
}

/** Ends the streams before the server waits for its connections to end. */
export function openLive(options: LiveOptions, lifecycle: Lifecycle): Live {
  const live = new Live(options);
  lifecycle.addStream(() => live.close());
  return live;
}

function admittedOf({ admitted }: FastifyRequest): Admitted {
  if (admitted === null) throw new TypeError('a stream is asked for by nobody');
  return admitted;
}

/** What was said of the answer so far, on the response that is written past the framework. */
function withHeaders(reply: FastifyReply): ServerResponse {
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
  return reply.raw;
}
