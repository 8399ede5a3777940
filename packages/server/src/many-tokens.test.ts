import { afterAll, beforeAll, expect, it } from 'vitest';
import { SCOPE, type World, world } from './world.testing.ts';

const TOKENS = 10_000;
const TRIES = 2_000;
const ROUNDS = 7;

let at: World;
beforeAll(async () => {
  at = await world();
});
afterAll(() => at.close());

/** Of this process, in milliseconds: what others do on the machine is none of it. */
function computedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of computing for many secrets to be known, or found to be nobody's: the best of some rounds. */
function timeOf(secrets: readonly string[], isKnown: boolean): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = computedMs();
    for (let index = 0; index < TRIES; index++) {
      const principal = at.workspace.access.authenticate(secrets[index % secrets.length] ?? '');
      if ((principal !== null) !== isKnown) throw new Error(`a secret is ${isKnown ? 'not ' : ''}known`);
    }
    best = Math.min(best, computedMs() - startedAt);
  }
  return best;
}

it(`knows whose a secret is among ${TOKENS} tokens in the same time as among ten`, async () => {
  const made = async (count: number): Promise<string[]> => {
    const secrets: string[] = [];
    for (let index = 0; index < count; index++) {
      const settings = { kind: 'server', label: `sdk ${index}`, boundTo: SCOPE } as const;
      secrets.push((await at.workspace.access.createToken(settings, { principal: { kind: 'system' } })).secret);
    }
    return secrets;
  };
  const few = await made(10);
  const unknown = few.map((secret) => `${secret.slice(0, -4)}AAAA`);
  const [knownOfFew, unknownOfFew] = [timeOf(few, true), timeOf(unknown, false)];
  const heap = process.memoryUsage().heapUsed;
  const all = [...few, ...(await made(TOKENS - few.length))];
  const kilobytes = (process.memoryUsage().heapUsed - heap) / 1024 / TOKENS;
  const [knownOfAll, unknownOfAll] = [timeOf(all, true), timeOf(unknown, false)];
  const microseconds = [knownOfFew, knownOfAll, unknownOfFew, unknownOfAll].map((ms) => Number(((ms * 1000) / TRIES).toFixed(1)));
  console.info(
    `a known secret of 10, of ${TOKENS}; an unknown one: ${microseconds.join(', ')} µs; ${kilobytes.toFixed(1)} kB a token with its event`,
  );
  // A search through all would take hundreds of times as long.
  expect(knownOfAll).toBeLessThan(5 * knownOfFew + 5);
  expect(unknownOfAll).toBeLessThan(5 * unknownOfFew + 5);
  expect(kilobytes).toBeLessThan(32);
  expect(await at.ask('GET', '/api/v1/me', { as: all.at(-1) ?? '' })).toMatchObject({ status: 200 });
});
