import { isScope } from '@sluice/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ofrepEventStream, StreamTokens } from './stream-tokens.ts';

const HOUR = 3_600_000;
const secret = Buffer.alloc(32, 7);
const right = { scope: { project: 'shop', environment: 'prod' }, tokenId: 't1' };
const text = fc.string({ minLength: 1 }).filter((name) => isScope({ project: name, environment: name }));

describe('StreamTokens', () => {
  const tokens = new StreamTokens({ secret });

  it('reads what it issued, whatever the names, until an hour or two later', () => {
    fc.assert(
      fc.property(text, text, fc.string(), fc.nat({ max: 2 ** 43 }), (project, environment, tokenId, now) => {
        const token = tokens.issue({ scope: { project, environment }, tokenId }, now);
        const grant = tokens.read(token, now);
        expect(grant).toMatchObject({ scope: { project, environment }, tokenId });
        const leftMs = (grant?.endsAt ?? 0) - now;
        expect(leftMs > HOUR && leftMs <= 2 * HOUR).toBe(true);
        expect(tokens.read(token, now + leftMs - 1)).not.toBeNull();
        expect(tokens.read(token, now + leftMs)).toBeNull();
        expect(token).toBe(encodeURIComponent(token));
      }),
    );
  });

  it('is the same text for the same right while it is fresh, so that clients keep their stream', () => {
    const [early, late, next] = [10 * HOUR, 11 * HOUR - 1, 11 * HOUR].map((now) => tokens.issue(right, now));
    expect(early).toBe(late);
    expect(next).not.toBe(early);
  });

  it('reads nothing that was changed, made up, or signed with another secret', () => {
    const token = tokens.issue(right, 0);
    const [payload = '', signature = ''] = token.split('.');
    const other = Buffer.from(JSON.stringify(['shop', 'staging', 't1', 9e15])).toString('base64url');
    const foreign = new StreamTokens({ secret: Buffer.alloc(32, 8) }).issue(right, 0);
    const forged = [
      '',
      '.',
      payload,
      `${payload}.`,
      `${other}.${signature}`,
      `${token}.x`,
      foreign,
      `${token}${'A'.repeat(8_000)}`,
    ];
    for (const one of forged) expect(tokens.read(one, 0), one).toBeNull();
    fc.assert(
      fc.property(fc.nat({ max: payload.length - 1 }), (at) => {
        const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
        expect(tokens.read(changed, 0)).toBeNull();
      }),
    );
  });

  it('refuses a secret that can be guessed and a lifetime that is none', () => {
    expect(() => new StreamTokens({ secret: Buffer.alloc(31) })).toThrow('/secret must have 32 bytes or more; it has 31');
    for (const lifetimeMs of [0, -1, 1.5, Number.NaN])
      expect(() => new StreamTokens({ secret, lifetimeMs })).toThrow('/lifetimeMs must be whole milliseconds above 0');
  });
});

describe('the URL of a stream', () => {
  it('is given relative to the server', () => {
    expect(ofrepEventStream('/ofrep/v1/events', 'abc.def')).toEqual({
      type: 'sse',
      endpoint: { requestUri: '/ofrep/v1/events?token=abc.def' },
      inactivityDelaySec: 120,
    });
  });
});
