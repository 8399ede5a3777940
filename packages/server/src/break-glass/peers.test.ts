import { createServer, type Server } from 'node:http';
import { memoryStore, SluiceError, type Store } from 'sluice';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCOPE, type World, world } from '../world.testing.ts';
import { type PeerAnswer, Peers, parsePeers } from './peers.ts';

const TOKEN = 'the-token-that-both-replicas-share-which-is-long';
const ofReplicas = { secret: () => TOKEN, isToken: (secret: string): boolean => secret === TOKEN };

interface Replica {
  readonly world: World;
  isAway: boolean;
  /** How many kills it passed on. */
  passed: number;
  peers: Peers | null;
}

/** With a store of its own, so that nothing is heard but by what is passed on. */
async function replica(token: typeof ofReplicas = ofReplicas): Promise<Replica> {
  const store: Store = memoryStore();
  const commit = store.commit.bind(store);
  store.commit = async (...given) => {
    if (made.isAway) throw new SluiceError('unavailable', 'the store is away');
    return await commit(...given);
  };
  const tell: Peers['tell'] = async (kill, receipt) => {
    made.passed += 1;
    return (await made.peers?.tell(kill, receipt)) ?? [];
  };
  const made: { world: World } & Replica = { isAway: false, passed: 0, peers: null } as unknown as Replica;
  made.world = await world({}, { breakGlassToken: token, peers: { tell } }, store);
  await made.world.sluice.flags.setFlag('f', { enabled: true });
  return made;
}

let one: Replica;
let two: Replica;
const silent: Server[] = [];
beforeEach(async () => {
  one = await replica();
  two = await replica();
});
afterEach(async () => {
  for (const { world: at } of [one, two]) await at.close();
  for (const server of silent.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const peersAt = (...urls: string[]) => new Peers({ urls: urls.map((url) => new URL(url)), token: ofReplicas });
const isOn = ({ world: at }: Replica): boolean => at.sluice.flags.isEnabled('f', { userId: 'u' });
const kill = ({ world: at }: Replica, headers = {}, as = TOKEN) =>
  at.ask('POST', '/api/v1/break-glass/kill', { as, headers, body: { ...SCOPE, flag: 'f', reason: 'errors', actor: 'ann' } });

/** What is asked of it is counted; `answer` is null for one that says nothing at all. */
async function someServer(answer: { status: number; headers?: Record<string, string> } | null) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (answer !== null) response.writeHead(answer.status, answer.headers).end('{}');
  });
  silent.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  return { url: `http://127.0.0.1:${port}`, asked };
}

describe('a kill that the database does not take', () => {
  it('is passed on, and the answer says which replicas took it and which did not', async () => {
    one.isAway = true;
    two.isAway = true;
    one.peers = peersAt(two.world.url, 'http://127.0.0.1:9');
    const { status, body } = await kill(one);
    expect([status, body.keptIn]).toEqual([200, 'journal']);
    expect(body.peers).toEqual([
      { peer: two.world.url, keptIn: 'journal', problem: null },
      { peer: 'http://127.0.0.1:9', keptIn: null, problem: expect.stringContaining('could not be asked') },
    ]);
    expect([isOn(one), isOn(two)]).toEqual([false, false]);
    const [there] = two.world.sluice.flags.listPendingKills();
    expect(there).toMatchObject({ flag: 'f', actor: 'break-glass:ann', reason: 'errors', isJournalled: true });
  });

  it('is one kill at a peer, however often it is passed on', async () => {
    one.isAway = true;
    two.isAway = true;
    one.peers = peersAt(two.world.url, two.world.url);
    for (let turn = 0; turn < 2; turn++) await kill(one, { 'idempotency-key': 'k1' });
    expect(one.passed).toBe(2);
    two.isAway = false;
    await two.world.clock.advance(60_000);
    const history = await two.world.sluice.rollbacks.getRollbackHistory();
    expect([two.world.sluice.flags.listPendingKills(), history.length]).toEqual([[], 1]);
  });

  it('goes no further than one step, also where replicas name each other and themselves', async () => {
    one.isAway = true;
    two.isAway = true;
    one.peers = peersAt(two.world.url, one.world.url);
    two.peers = peersAt(one.world.url, two.world.url);
    const { body } = await kill(one);
    expect((body.peers as PeerAnswer[]).map(({ keptIn }) => keptIn)).toEqual([
      'journal',
      expect.stringMatching(/journal|memory/),
    ]);
    expect([one.passed, two.passed]).toEqual([1, 0]);
  });

  it('is taken from nobody without the token, and the mark of a replica is believed of nobody else', async () => {
    await two.world.close();
    two = await replica({ ...ofReplicas, isToken: () => false });
    one.isAway = true;
    one.peers = peersAt(two.world.url);
    const { body } = await kill(one);
    expect(body.peers).toEqual([
      { peer: two.world.url, keptIn: null, problem: expect.stringContaining('SLUICE_BREAK_GLASS_TOKEN_FILE') },
    ]);
    expect(isOn(two)).toBe(true);
    const mark = `${'a'.repeat(43)}.${'b'.repeat(43)}`;
    const byPerson = await one.world.ask('POST', '/api/v1/break-glass/kill', {
      headers: { 'sluice-passed-on': mark },
      body: { ...SCOPE, flag: 'f', reason: 'again' },
    });
    expect([byPerson.status, one.passed]).toEqual([200, 2]);
    expect((await kill(one, { 'sluice-passed-on': 'yes' })).body.issues).toMatchObject([{ path: 'header sluice-passed-on' }]);
  });

  it('is not passed on where the store takes it, or where it is refused', async () => {
    one.peers = peersAt(two.world.url);
    expect((await kill(one)).body).toMatchObject({ keptIn: 'store', peers: [] });
    const unknown = await one.world.ask('POST', '/api/v1/break-glass/kill', {
      as: TOKEN,
      body: { ...SCOPE, flag: 'nothing', reason: 'errors', actor: 'ann' },
    });
    expect([unknown.status, one.passed, isOn(two)]).toEqual([404, 0, true]);
  });
});

describe('a peer', () => {
  const receipt = { id: 'a'.repeat(43), fingerprint: 'b'.repeat(43) };

  it('that does not answer is waited for 5 seconds', async () => {
    const { url, asked } = await someServer(null);
    const { clock } = one.world;
    const told = new Peers({ urls: [new URL(url)], token: ofReplicas, clock }).tell({}, receipt);
    await expect.poll(() => asked.length).toBe(1);
    await clock.advance(5_000);
    expect(await told).toEqual([{ peer: url, keptIn: null, problem: 'no answer within 5000 ms' }]);
  });

  it('sends nobody elsewhere, and is asked at the address that was configured alone', async () => {
    const elsewhere = await someServer({ status: 200 });
    const { url } = await someServer({ status: 307, headers: { location: elsewhere.url } });
    const [answer] = await peersAt(url).tell({}, receipt);
    expect(answer).toMatchObject({ keptIn: null, problem: expect.stringContaining('redirect') });
    expect(elsewhere.asked).toEqual([]);
  });

  it('is not believed to have taken it for saying 200', async () => {
    const { url } = await someServer({ status: 200 });
    expect(await peersAt(url).tell({}, receipt)).toEqual([{ peer: url, keptIn: null, problem: 'it answered 200' }]);
  });
});

describe('addresses of peers', () => {
  it('are origins, and anything else is named', () => {
    const read = parsePeers('http://10.0.0.12:4400, https://b.example:8443 http://[::1]:4400/');
    expect(typeof read === 'string' ? read : read.value.map(({ origin }) => origin)).toEqual([
      'http://10.0.0.12:4400',
      'https://b.example:8443',
      'http://[::1]:4400',
    ]);
    for (const wrong of ['10.0.0.12:4400', 'http://a/api', 'http://u:p@a', 'ftp://a', 'http://a?x=1'])
      expect(parsePeers(wrong), wrong).toContain(`${JSON.stringify(wrong)} is none`);
  });
});
