/** A network between a client and a server that a test can cut, or make swallow everything. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export class TcpProxy {
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #state: 'through' | 'cut' | 'silent' = 'through';
  /** Connections that were asked for, also while the network is away. */
  attempts = 0;
  readonly #server = createServer((near) => this.#join(near));

  constructor(target: number) {
    this.#target = target;
  }

  static async to(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(Number(new URL(url).port));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #join(near: Socket): void {
    this.attempts += 1;
    if (this.#state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    this.#keep(near);
    if (this.#state === 'silent') return;
    const far = this.#keep(connect(this.#target, '127.0.0.1'));
    const pipe = (from: Socket, to: Socket): void => {
      from.on('data', (chunk) => this.#state === 'through' && to.write(chunk));
      from.on('close', () => to.destroy());
    };
    pipe(near, far);
    pipe(far, near);
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    return socket;
  }

  /** Every connection is reset, and new ones are at once. */
  cut(): void {
    this.#state = 'cut';
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Connections stay, and nothing comes through any more. */
  swallow(): void {
    this.#state = 'silent';
  }

  /** New connections come through again; those that were swallowed stay dead, as behind a router that forgot them. */
  mend(): void {
    this.#state = 'through';
  }

  async close(): Promise<void> {
    this.cut();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}
