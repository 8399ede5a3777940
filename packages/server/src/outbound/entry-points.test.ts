/** Whatever way a URL comes in, it does not lead into a private network. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { equipmentOf } from '../equipment.ts';
import { newSigningSecret } from '../signing/standard-webhook.ts';
import { type World, world } from '../world.testing.ts';
import { Outbound } from './outbound.ts';
import { parseOutboundPolicy } from './outbound-policy.ts';

const PRIVATE = [
  'http://localhost/',
  'http://LOCALHOST./',
  'http://sub.localhost/',
  'http://intranet/',
  'http://db.internal/',
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://0/',
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://192.168.1.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://100.64.0.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[fd00::1]/',
  'http://[fe80::1]/',
];
const UNFIT = [
  'file:///etc/passwd',
  'ftp://example.org/',
  'http://user:secret@example.org/',
  'javascript:alert(1)',
  '//example.org',
  '',
];

let at: World;
beforeEach(async () => {
  at = await world();
});
afterEach(() => at.close());

describe('URLs that must not be called', () => {
  it('are refused by the route that makes a webhook, each at its place', async () => {
    const taken: string[] = [];
    for (const url of [...PRIVATE, ...UNFIT]) {
      const settings = { url, format: 'standard', types: ['*'] };
      const made = await at.ask('PATCH', '/api/v1/projects/shop/webhooks/hook', { body: { settings } });
      if (made.status !== 400 || !made.text.includes('/settings/url')) taken.push(`${url}: ${made.status} ${made.text}`);
    }
    expect(taken).toEqual([]);
  });

  it('keep a server from starting as a validator or a metric source', async () => {
    const outbound = new Outbound({ policy: parseOutboundPolicy(''), resolve: async () => ['93.184.215.14'] });
    const secret = newSigningSecret();
    const taken: string[] = [];
    for (const url of [...PRIVATE, ...UNFIT]) {
      const validators = JSON.stringify({ v: { url, secret } });
      const queries = { errorRate: { value: 'e', samples: 's' } };
      const metricSources = JSON.stringify({ m: { kind: 'prometheus', url, queries } });
      for (const settings of [
        { validators, metricSources: null },
        { validators: null, metricSources },
      ])
        await equipmentOf(settings, outbound, () => {}).then(
          () => taken.push(url),
          () => {},
        );
    }
    expect(taken).toEqual([]);
  });

  it('are refused when they are called, whatever the name led to when it was saved', async () => {
    const leads = ['127.0.0.1', '169.254.169.254', '::ffff:10.0.0.1', '::1', '0.0.0.0'];
    for (const address of leads) {
      const outbound = new Outbound({ policy: parseOutboundPolicy(''), resolve: async () => ['93.184.215.14', address] });
      await expect(outbound.fetch(new URL('https://rebound.example.org/'), {}), address).rejects.toThrow('private network');
    }
  });
});
