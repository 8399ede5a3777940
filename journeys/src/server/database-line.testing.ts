/**
 * The line between one server and its PostgreSQL, which stops at the two instants at which it matters most that a process sleeps: when it has decided
 * and the store does not know yet, and when it has the log's place that everybody else waits for.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const BEGIN = 'begin isolation level read committed read write';
/** What the database answers to it: CommandComplete and ReadyForQuery, within a transaction. */
const BEGUN = Buffer.from([0x43, 0, 0, 0, 10, ...Buffer.from('BEGIN\0'), 0x5a, 0, 0, 0, 5, 0x54]);
/** The first statement of a commit. */
const isCommit = (chunk: Buffer): boolean => chunk.includes('"sluice_head"') && chunk.includes('for update');
const endsTransaction = (chunk: Buffer): boolean =>
  /\0(?:commit|rollback)\0|^Q....(?:commit|rollback)\0/s.test(chunk.toString('latin1'));

interface Stop {
  readonly at: 'decided' | 'locked';
  readonly stopped: () => void;
}

export class DatabaseLine {
  readonly #server: Server;
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #stop: Stop | null = null;
  #goOn: (() => void) | null = null;
  #ended: () => void = () => {};
  /** Resolves when the transaction that was stopped has ended, after `goOn`. */
  transactionEnded: Promise<void> = Promise.resolve();

  private constructor(server: Server, target: URL) {
    this.#server = server;
    this.#target = target;
  }

  /** `databaseUrl` is where it leads. */
  static async to(databaseUrl: string): Promise<DatabaseLine> {
    const server = createServer();
    const line = new DatabaseLine(server, new URL(databaseUrl));
    server.on('connection', (client) => line.#join(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return line;
  }

  get url(): string {
    const { port } = this.#server.address() as { readonly port: number };
    const through = new URL(this.#target);
    through.port = String(port);
    return through.href;
  }

  /**
   * Resolves when the next commit stands still: `decided` before its transaction has begun, `locked` when it keeps everybody else from committing.
   * `whenStopped` is called at that instant.
   */
  stopAt(at: Stop['at'], whenStopped: () => void): Promise<void> {
    this.transactionEnded = new Promise((resolve) => {
      this.#ended = resolve;
    });
    return new Promise((resolve) => {
      const stopped = (): void => {
        whenStopped();
        resolve();
      };
      this.#stop = { at, stopped };
    });
  }

  goOn(): void {
    this.#goOn?.();
    this.#goOn = null;
  }

  #join(client: Socket): void {
    const database = connect(Number(this.#target.port), this.#target.hostname);
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
    const relay = new Relay(client, database, () => this.#ended());
    client.on('data', (chunk) => this.#relay(relay, chunk));
    database.on('data', (chunk) => relay.answer(chunk));
  }

  #relay(relay: Relay, chunk: Buffer): void {
    if (this.#stop?.at === 'decided' && chunk.includes(BEGIN)) relay.beginLater();
    else if (this.#stop === null || !isCommit(chunk)) relay.ask(chunk);
    else this.#hold(relay, chunk, this.#stop);
  }

  #hold(relay: Relay, chunk: Buffer, { at, stopped }: Stop): void {
    this.#stop = null;
    const goesOn = (goOn: () => void): void => {
      this.#goOn = goOn;
      stopped();
    };
    if (at === 'decided') relay.holdQuestion(chunk, goesOn);
    else relay.holdAnswer(chunk, goesOn);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** One connection of the line. */
class Relay {
  readonly #client: Socket;
  readonly #database: Socket;
  readonly #ended: () => void;
  #hasToBegin = false;
  #isStopped = false;
  #isEnding = false;
  /** What takes the database's next answer, instead of its being passed on. */
  #instead: ((answer: Buffer) => void) | null = null;

  /** `ended` is called when a transaction that was held has ended. */
  constructor(client: Socket, database: Socket, ended: () => void) {
    this.#client = client;
    this.#database = database;
    this.#ended = ended;
  }

  /** The transaction begins with what is asked next. */
  beginLater(): void {
    this.#hasToBegin = true;
    this.#client.write(BEGUN);
  }

  ask(question: Buffer): void {
    this.#isEnding ||= this.#isStopped && endsTransaction(question);
    if (!this.#hasToBegin) {
      this.#database.write(question);
      return;
    }
    this.#hasToBegin = false;
    this.#instead = () => this.#database.write(question);
    this.#database.write(beginMessage());
  }

  holdQuestion(question: Buffer, goesOn: (goOn: () => void) => void): void {
    this.#isStopped = true;
    goesOn(() => this.ask(question));
  }

  holdAnswer(question: Buffer, goesOn: (goOn: () => void) => void): void {
    this.#isStopped = true;
    this.#instead = (answer) => goesOn(() => this.#client.write(answer));
    this.ask(question);
  }

  answer(answer: Buffer): void {
    const take = this.#instead;
    this.#instead = null;
    if (take === null) this.#client.write(answer);
    else take(answer);
    if (this.#isEnding) this.#ended();
  }
}

/** A simple query. */
function beginMessage(): Buffer {
  const text = Buffer.from(`${BEGIN}\0`);
  const head = Buffer.from([0x51, 0, 0, 0, 0]);
  head.writeInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}
