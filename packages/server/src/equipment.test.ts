import { manualClock } from 'sluice';
import { expect, it } from 'vitest';
import { equipmentOf } from './equipment.ts';
import { Outbound } from './outbound/outbound.ts';
import { parseOutboundPolicy } from './outbound/outbound-policy.ts';
import { newSigningSecret } from './signing/standard-webhook.ts';

const settingsOf = (host: string) => ({
  validators: JSON.stringify({ smoke: { url: `https://${host}/smoke`, secret: newSigningSecret() } }),
  metricSources: JSON.stringify({
    prom: { kind: 'prometheus', url: `https://${host}`, queries: { errorRate: { value: 'errors', samples: 'requests' } } },
  }),
});

function outboundOf(addresses: Record<string, string[]>): Outbound {
  const resolve = async (name: string): Promise<string[]> => addresses[name] ?? Promise.reject(new Error('ENOTFOUND'));
  return new Outbound({ policy: parseOutboundPolicy(''), resolve, clock: manualClock(0) });
}

it('a host that has no address at the start is told of, and checked when it is called', async () => {
  const addresses: Record<string, string[]> = {};
  const outbound = outboundOf(addresses);
  const told: string[] = [];
  await equipmentOf(settingsOf('away.example.org'), outbound, (what) => told.push(what));
  expect(told).toEqual([
    expect.stringContaining('SLUICE_VALIDATORS: the host "away.example.org" of "smoke"'),
    expect.stringContaining('SLUICE_METRIC_SOURCES: the host "away.example.org" of "prom"'),
  ]);
  await expect(outbound.fetch(new URL('https://away.example.org/smoke'), {})).rejects.toThrow('cannot be resolved');
  addresses['away.example.org'] = ['10.0.0.1'];
  await expect(outbound.fetch(new URL('https://away.example.org/smoke'), {}), 'what it leads to then').rejects.toThrow(
    'private network',
  );
});

it('a host that leads into a private network keeps the server from starting', async () => {
  const outbound = outboundOf({ 'inside.example.org': ['169.254.169.254'] });
  await expect(equipmentOf(settingsOf('inside.example.org'), outbound, () => {})).rejects.toThrow('private network');
});
