/**
 * What a server of OFREP costs with node:http alone, without tokens, validation, metrics or a store. `replay` answers bytes that it is given, without reading
 * what it is asked; `ofrep` parses the context, hashes the unit for each flag and writes the answer; both for one flag and for all.
 */
import { createServer } from 'node:http';

const [kind, port = '0'] = process.argv.slice(2);
const FLAG_SET = 'default/development';
const ALL = '/ofrep/v1/evaluate/flags';
let told = { flags: [], one: Buffer.alloc(0), all: Buffer.alloc(0) };

/** Murmur3 of 32 bits over the low bytes of a text. */
function murmur(text, seed) {
  let hash = seed;
  for (let index = 0; index < text.length; index++) {
    let word = Math.imul(text.charCodeAt(index), 0xcc9e2d51);
    word = (word << 15) | (word >>> 17);
    hash ^= Math.imul(word, 0x1b873593);
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function evaluated({ key, share, seed, version }, unit) {
  const value = murmur(unit, seed) % 100_000 < share;
  const metadata = { flagSetId: FLAG_SET, version };
  return { key, reason: 'SPLIT', variant: value ? 'on' : 'off', value, metadata };
}

function answerOf(path, body) {
  const { context } = JSON.parse(body);
  const unit = context.targetingKey;
  if (path !== ALL) return JSON.stringify(evaluated(told.byKey.get(path.slice(ALL.length + 1)), unit));
  const flags = told.flags.map((flag) => evaluated(flag, unit));
  return JSON.stringify({ flags, metadata: { flagSetId: FLAG_SET }, eventStreams: told.eventStreams });
}

const reply = (response, body) => {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) });
  response.end(body);
};

const server = createServer((request, response) => {
  if (kind === 'replay') {
    request.resume();
    return reply(response, request.url === ALL ? told.all : told.one);
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () =>
    reply(response, request.method === 'GET' ? 'ok' : answerOf(request.url, Buffer.concat(chunks).toString())),
  );
});
process.on('message', (message) => {
  told = {
    ...message,
    byKey: new Map(message.flags.map((flag) => [flag.key, flag])),
    one: Buffer.from(message.one),
    all: Buffer.from(message.all),
  };
  process.send({ isReady: true });
});
server.listen(Number(port), '127.0.0.1', () => process.send?.({ port: server.address().port }));
