/** The provider of a server process: evaluates in the process, on definitions that a connection keeps current. */
import {
  ErrorCode,
  type EvaluationContext,
  type FlagMetadata,
  GeneralError,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  ProviderFatalError,
  type ResolutionDetails,
  type TrackingEventDetails,
} from '@openfeature/server-sdk';
import { type Connection, type ConnectionStatus, type ConnectOptions, connect } from '@sluice/client';
import type { Scope } from '@sluice/core';
import { ContextUnit } from './context-unit.ts';
import { failed, type IsType, resolutionOf } from './server-resolution.ts';

const isBoolean: IsType<boolean> = (value) => typeof value === 'boolean';
const isString: IsType<string> = (value) => typeof value === 'string';
const isNumber: IsType<number> = (value) => typeof value === 'number';
const isStructure = (value: unknown): value is JsonValue => typeof value === 'object' && value !== null;

/**
 * Evaluations count, and are exposures, as those of `connect()` are. `track` is a value of every test and rollout that the unit is in, 1 unless the
 * details have a `value`.
 */
export class SluiceProvider implements Provider {
  readonly runsOn = 'server';
  readonly metadata = { name: 'sluice' } as const;
  readonly events = new OpenFeatureEventEmitter();
  readonly hooks = [];
  readonly #options: ConnectOptions | null;
  #connection: Connection | null;
  #stops: (() => void)[] = [];
  #scope: Scope | null = null;
  #flagSetId = '';

  /** With options, a connection is opened when the provider is set and closed with it; a connection that is given stays its owner's. */
  constructor(given: ConnectOptions | Connection) {
    const isConnection = 'isEnabled' in given;
    this.#options = isConnection ? null : given;
    this.#connection = isConnection ? given : null;
  }

  /** What is asked directly, at a tenth of the price; null before the provider is set. */
  get connection(): Connection | null {
    return this.#connection;
  }

  /** @throws ProviderFatalError when the token is refused, GeneralError when nothing comes in the grace period */
  async initialize(): Promise<void> {
    if (this.#options !== null) this.#connection ??= connect(this.#options);
    const connection = this.#connection;
    if (connection === null) return;
    let error: Error | null = null;
    const stop = connection.on('status', (change) => {
      error = change.error;
    });
    const status = await connection.ready();
    stop();
    this.#follow(connection, status);
    if (status === 'FATAL') throw new ProviderFatalError(messageOf(error, 'the server refuses the token'));
    if (status === 'ERROR') throw new GeneralError(messageOf(error, 'the server gives no definitions'));
  }

  /** From now on; the SDK itself tells how the initialization ended. */
  #follow(connection: Connection, begun: ConnectionStatus): void {
    this.#stops.push(
      connection.on('status', ({ status, error }) => this.#tell(status, messageOf(error, status))),
      connection.on('change', ({ flags }) => this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [...flags] })),
    );
    // It is READY to the SDK when this initialization ends, whatever is served.
    if (begun === 'STALE') setTimeout(() => connection.status === 'STALE' && this.#tell('STALE', 'served from disk'), 0).unref();
  }

  #tell(status: ConnectionStatus, message: string): void {
    if (status === 'READY') this.events.emit(ProviderEvents.Ready);
    else if (status === 'STALE') this.events.emit(ProviderEvents.Stale, { message });
    else if (status === 'ERROR') this.events.emit(ProviderEvents.Error, { message });
    else if (status === 'FATAL') this.events.emit(ProviderEvents.Error, { message, errorCode: ErrorCode.PROVIDER_FATAL });
  }

  resolveBooleanEvaluation(
    flagKey: string,
    defaultValue: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return Promise.resolve(this.#resolve(flagKey, defaultValue, context, isBoolean));
  }

  resolveStringEvaluation(flagKey: string, defaultValue: string, context: EvaluationContext): Promise<ResolutionDetails<string>> {
    return Promise.resolve(this.#resolve(flagKey, defaultValue, context, isString));
  }

  resolveNumberEvaluation(flagKey: string, defaultValue: number, context: EvaluationContext): Promise<ResolutionDetails<number>> {
    return Promise.resolve(this.#resolve(flagKey, defaultValue, context, isNumber));
  }

  resolveObjectEvaluation<T extends JsonValue>(
    flagKey: string,
    defaultValue: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return Promise.resolve(this.#resolve(flagKey, defaultValue, context, isStructure as IsType<T>));
  }

  #resolve<T>(key: string, fallback: T, context: EvaluationContext, isType: IsType<T>): ResolutionDetails<T> {
    const connection = this.#connection;
    const scope = connection?.scope ?? null;
    if (connection === null || scope === null)
      return failed(fallback, ErrorCode.PROVIDER_NOT_READY, 'there are no definitions yet');
    const evaluation = connection.evaluate(key, new ContextUnit(context), null);
    return resolutionOf(evaluation, fallback, isType, this.#metadataOf(connection, scope, evaluation.revision));
  }

  /** `staleSince` stands there only while what is served is not known to be current. */
  #metadataOf({ staleSince }: Connection, scope: Scope, version: number | null): FlagMetadata {
    if (scope !== this.#scope) {
      this.#scope = scope;
      this.#flagSetId = `${scope.project}/${scope.environment}`;
    }
    const flagSetId = this.#flagSetId;
    if (staleSince !== null) return version === null ? { flagSetId, staleSince } : { flagSetId, version, staleSince };
    return version === null ? { flagSetId } : { flagSetId, version };
  }

  track(trackingEventName: string, context: EvaluationContext, { value = 1 }: TrackingEventDetails = {}): void {
    this.#connection?.track(trackingEventName, value, new ContextUnit(context));
  }

  /** Sends what waits; then the connection is closed, unless it was given. */
  async onClose(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    const connection = this.#connection;
    if (this.#options === null) {
      await connection?.flush();
      return;
    }
    this.#connection = null;
    await connection?.close();
  }
}

function messageOf(error: Error | null, otherwise: string): string {
  return error?.message ?? otherwise;
}
