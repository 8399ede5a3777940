/** What a connection is put together from. */
import { nearest, type Override, SluiceError } from '@sluice/core';
import { routeOf } from '@sluice/protocol';
import type { ConnectOptions } from './connect-options.ts';
import { type ConnectionClock, realClock } from './connection-clock.ts';
import type { ConnectionCounts } from './connection-counts.ts';
import { ConnectionListeners } from './connection-events.ts';
import { DefinitionStream } from './definition-stream.ts';
import { Definitions } from './definitions.ts';
import { failSafeOf } from './fail-safe.ts';
import { loadMemberSet } from './load-member-set.ts';
import { ReportSender } from './report-sender.ts';
import { Reports } from './reports.ts';
import { ServedFlags } from './served-flags.ts';
import { StateFile } from './state-file.ts';

/** How long `close` waits for the server to take what was reported, unless it is told. */
const CLOSE_MS = 5_000;

interface Wire {
  readonly url: string;
  readonly token: () => string | undefined | Promise<string | undefined>;
  readonly clock: ConnectionClock;
  readonly fetch: typeof fetch;
  readonly random: () => number;
}

export class ConnectionParts {
  readonly listeners = new ConnectionListeners();
  readonly served: ServedFlags;
  readonly reports: Reports;
  readonly definitions: Definitions;
  readonly sender: ReportSender;
  readonly #stream: DefinitionStream;
  readonly #closeMs: number;
  #closing: Promise<void> | null = null;

  /** @throws SluiceError `invalid` for options that cannot be meant */
  constructor(options: ConnectOptions) {
    const wire = wireOf(options);
    const { clock } = wire;
    const { timeoutMs = 10_000, stateFile, maxWaiting } = options;
    this.#closeMs = options.closeMs ?? CLOSE_MS;
    const instanceId = crypto.randomUUID();
    const onProblem = (error: SluiceError): void => this.listeners.emit('problem', error);
    this.reports = new Reports({
      ...{ instanceId, clock, onProblem },
      wake: () => this.sender.wake(),
      ...(maxWaiting === undefined ? {} : { maxWaiting }),
    });
    this.served = new ServedFlags((served) => this.reports.answers.settle(served), onProblem);
    this.definitions = new Definitions({
      ...{ served: this.served, clock, listeners: this.listeners },
      stateFile: stateFile === undefined ? null : new StateFile(stateFile, instanceId, onProblem),
      failSafe: failSafeOf(options.failSafe ?? {}),
      graceMs: options.graceMs ?? 5_000,
      loadMemberSet: (id) => loadMemberSet(id, { ...wire, timeoutMs }),
    });
    this.sender = new ReportSender({
      ...{ ...wire, timeoutMs, onProblem },
      flushMs: options.flushMs ?? 1_000,
      scope: () => this.definitions.snapshot?.scope ?? null,
      drain: () => this.reports.drain(),
    });
    this.#stream = new DefinitionStream({
      ...wire,
      url: `${wire.url}${routeOf('definitions.ownStream').path}`,
      connectTimeoutMs: timeoutMs,
      deadStreamMs: options.deadStreamMs ?? 45_000,
      place: () => this.definitions.place,
      take: (message) => this.definitions.take(message),
      onLost: (error) => this.definitions.lost(error),
      onRefused: (error) => this.definitions.refused(error),
    });
    // What was reported before it was known where to had to wait.
    this.listeners.on('status', ({ status }) => status === 'READY' && this.sender.wake());
    for (const [key, value] of Object.entries(options.overrides ?? {}))
      if (value !== undefined) this.override(key, value as Override);
  }

  open(): void {
    void this.definitions.begin();
    this.#stream.open();
  }

  /** @throws SluiceError `invalid` when the flag is there and has no such variant */
  override(key: string, value: Override): void {
    const variants = this.served.variantsOf(key);
    const isFit = typeof value === 'boolean' || (typeof value === 'string' && value !== '');
    if (!isFit || (typeof value === 'string' && variants.length > 0 && !variants.includes(value))) {
      const message = `must be true, false, or the name of one of its variants; it is ${JSON.stringify(value)}${nearest(String(value), variants)}`;
      throw new SluiceError('invalid', `override of "${key}": ${message}`, { issues: [{ path: `/${key}`, message }] });
    }
    this.served.override(key, value);
  }

  counts(): ConnectionCounts {
    return {
      connects: this.#stream.attempts,
      reports: this.sender.attempts,
      waiting: this.reports.waiting,
      dropped: this.reports.dropped + this.sender.dropped,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.sender.close(this.#closeMs);
    this.#stream.close();
    await this.definitions.close();
  }
}

/** @throws SluiceError `invalid` */
function wireOf({ url, token, clock = realClock, fetch: send = fetch, random = Math.random }: ConnectOptions): Wire {
  const isUrl = typeof url === 'string' && /^https?:\/\//i.test(url) && URL.canParse(url);
  if (!isUrl) {
    const message = `must be the address of a server, such as http://127.0.0.1:4400; it is ${JSON.stringify(url)}`;
    throw new SluiceError('invalid', `/url ${message}`, { issues: [{ path: '/url', message }] });
  }
  return { url: url.replace(/\/+$/, ''), token: typeof token === 'function' ? token : () => token, clock, fetch: send, random };
}
