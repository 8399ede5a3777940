import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callerAddress } from './caller-address.ts';
import { type World, world } from './world.testing.ts';

let at: World;
beforeAll(async () => {
  at = await world({ failedLoginsPerMinute: 3, trustedProxies: 1 });
});
afterAll(() => at.close());

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::/64'],
  ['2001:DB8::1', '2001:db8::/64'],
  ['::1', '::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  ['unknown', 'unknown'],
  ['', ''],
])('counts %s as %s', (text, key) => {
  expect(callerAddress(text)).toBe(key);
});

it('counts all addresses of one network as one, and those of others apart', () => {
  const group = fc.integer({ min: 0, max: 0xffff }).map((number) => number.toString(16));
  const half = fc.array(group, { minLength: 4, maxLength: 4 }).map((groups) => groups.join(':'));
  fc.assert(
    fc.property(half, half, half, (network, one, other) => {
      // What carries an IPv4 address inside is that address.
      fc.pre(network !== '0:0:0:0');
      expect(callerAddress(`${network}:${one}`)).toBe(callerAddress(`${network}:${other}`));
      expect(callerAddress(`${network}:${one}`) === callerAddress(`${other}:${one}`)).toBe(network === other);
    }),
  );
});

it('lets nobody guess without end by taking another address of their own network', async () => {
  const guess = async (address: string): Promise<number> => {
    const headers = { 'x-forwarded-for': address };
    const { status } = await at.ask('GET', '/api/v1/me', { as: 'sl_guessed', headers });
    return status;
  };
  const network = async (prefix: string): Promise<number[]> => {
    const statuses: number[] = [];
    for (let host = 1; host <= 5; host++) statuses.push(await guess(`${prefix}::${host}`));
    return statuses;
  };
  expect(await network('2001:db8:0:1')).toEqual([401, 401, 401, 429, 429]);
  expect(await network('2001:db8:0:2')).toEqual([401, 401, 401, 429, 429]);
});
