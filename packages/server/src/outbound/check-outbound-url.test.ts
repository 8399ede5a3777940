import { SluiceError } from '@sluice/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOutboundUrl, type ResolveName } from './check-outbound-url.ts';
import { parseOutboundPolicy } from './outbound-policy.ts';

const nothing = parseOutboundPolicy('');
const to =
  (...addresses: string[]): ResolveName =>
  async () =>
    addresses;

async function issueOf(url: unknown, policy = nothing, resolve: ResolveName = to('93.184.216.34')): Promise<string> {
  try {
    await checkOutboundUrl(url, policy, { resolve, path: '/notify/url' });
    return '';
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'invalid') throw error;
    expect(error.issues[0]?.path).toBe('/notify/url');
    return error.issues[0]?.message ?? '';
  }
}

describe('a URL that somebody saves', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://127.0.0.1.:80/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::127.0.0.1]/',
    'http://[::ffff:0:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[64:ff9b:1::a00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[2001:0:53aa:64c::7f00:1]/',
    'http://[fe80::1]/',
    'http://[fec0::1]/',
    'http://[fd00:ec2::254]/',
    'http://[ff02::1]/',
    'http://[4000::1]/',
    'http://0/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://0x7f000001/',
    'http://１２７.0.0.1/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://100.100.100.200/latest/meta-data',
    'http://169.254.169.254/latest/meta-data',
    'http://168.63.129.16/machine',
    'http://192.0.0.192/opc',
    'http://198.18.0.1/',
    'http://224.0.0.1/',
    'http://240.0.0.1/',
    'http://255.255.255.255/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://a.localhost/',
    'http://metadata.google.internal/',
    'http://metadata/',
    'http://printer.local/',
  ])('%s does not lead into a private network', async (url) => {
    expect(await issueOf(url)).toMatch(/must not lead into a private network.*SLUICE_ALLOW_OUTBOUND/);
  });

  it.each([
    'file:///etc/passwd',
    'gopher://example.com/',
    'ftp://example.com/',
    'javascript:alert(1)',
    'data:,x',
    '',
    'example.com',
    5,
    null,
    `https://example.com/${'a'.repeat(2048)}`,
  ])('%s is not of http or https', async (url) => {
    expect(await issueOf(url)).toBe('must be an http or https address of at most 2048 characters');
  });

  it.each(['http://user@example.com/', 'http://:secret@example.com/', 'https://example.com@127.0.0.1/'])(
    '%s has a user in it',
    async (url) => {
      expect(await issueOf(url)).toBe('must have no user name or password in it');
    },
  );

  it('is refused when its name leads to a private address, also to one beside public ones, and the answer does not say which', async () => {
    for (const resolve of [to('10.0.0.7'), to('93.184.216.34', '10.0.0.7'), to('::1'), to('::ffff:10.0.0.7')]) {
      const issue = await issueOf('https://rebound.example.com/', nothing, resolve);
      expect(issue).toContain('must not lead into a private network');
      expect(issue).not.toContain('10.0.0.7');
    }
  });

  it('is refused when its name leads nowhere', async () => {
    const nowhere = (): Promise<never> => Promise.reject(new Error('ENOTFOUND'));
    expect(await issueOf('https://nowhere.example/', nothing, nowhere)).toContain('cannot be resolved');
    expect(await issueOf('https://nowhere.example/', nothing, to())).toContain('cannot be resolved');
  });

  it('passes when it is public', async () => {
    const url = await checkOutboundUrl('https://hooks.example.com:8443/a?b', nothing, {
      resolve: to('93.184.216.34', '2606:4700::1111'),
    });
    expect(url.href).toBe('https://hooks.example.com:8443/a?b');
    expect(await issueOf('http://93.184.216.34/')).toBe('');
  });

  it('is refused for every address inside of a private range, however it is written', async () => {
    const inside = fc.oneof(
      fc.tuple(fc.constantFrom(10, 127, 0), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), fc.nat(255), fc.nat(255)),
    );
    const spelling = fc.constantFrom(
      (b: number[]) => b.join('.'),
      (b: number[]) => String(b.reduce((sum, byte) => sum * 256 + byte, 0)),
      (b: number[]) => b.map((byte) => `0x${byte.toString(16)}`).join('.'),
      (b: number[]) => b.map((byte) => `0${byte.toString(8)}`).join('.'),
      (b: number[]) => `[::ffff:${b.join('.')}]`,
      (b: number[]) => `[64:ff9b::${b.join('.')}]`,
    );
    await fc.assert(
      fc.asyncProperty(inside, spelling, async (bytes, spell) => {
        expect(await issueOf(`http://${spell(bytes)}/`)).toContain('private network');
      }),
      { numRuns: 300 },
    );
  });
});

describe('what an operator allows', () => {
  const policy = parseOutboundPolicy(
    'prometheus.internal, *.svc.cluster.local 10.0.0.0/8,127.0.0.1:9090,[::1]:9090,fd00::/8,hooks:8080',
  );

  it.each([
    'http://prometheus.internal/',
    'http://a.b.svc.cluster.local:1/',
    'http://10.9.9.9/',
    'http://127.0.0.1:9090/',
    'http://[::1]:9090/',
    'http://[fd12::1]/',
    'http://hooks:8080/',
  ])('%s may be called', async (url) => {
    expect(await issueOf(url, policy, to('10.0.0.7'))).toBe('');
  });

  it.each([
    'http://127.0.0.1/',
    'http://127.0.0.1:9091/',
    'http://192.168.0.1/',
    'http://svc.cluster.local/',
    'http://evilprometheus.internal/',
    'http://hooks/',
    'http://[::1]/',
  ])('%s may not', async (url) => {
    expect(await issueOf(url, policy, to('192.168.0.9'))).toContain('private network');
  });

  it('is read whole, or refused naming every bad entry', () => {
    expect(() => parseOutboundPolicy('10.0.0.0/33, a b.example http://x, 999.1.1.1, x:99999, 10.0.0.0/8:80')).toThrow(
      /SLUICE_ALLOW_OUTBOUND: "10.0.0.0\/33" .*"http:\/\/x" .*"999.1.1.1" .*"x:99999" .*"10.0.0.0\/8:80"/,
    );
  });
});
