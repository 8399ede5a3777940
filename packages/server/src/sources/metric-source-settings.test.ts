import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Outbound } from '../outbound/outbound.ts';
import { parseOutboundPolicy } from '../outbound/outbound-policy.ts';
import { parseMetricSourceSettings } from './metric-source-settings.ts';

const outbound = new Outbound({ policy: parseOutboundPolicy('127.0.0.1'), resolve: async () => ['93.184.215.14'] });
const parse = (settings: unknown) => parseMetricSourceSettings(JSON.stringify(settings), outbound);
const query = { value: 'a', samples: 'b' };

it('names every bad place of every source, and repeats no header', async () => {
  const failing = parse({
    collector: { kind: 'prometheus', url: 'http://127.0.0.1:9090', queries: { errorRate: query } },
    'a/b': { kind: 'graphite', url: 'http://127.0.0.1' },
    inside: { kind: 'prometheus', url: 'http://10.0.0.1:9090', queries: { errorRate: query } },
    misspelt: { kind: 'prometheus', url: 'http://127.0.0.1:9090', querys: {}, headers: { authorization: 'Bearer s3cret\n' } },
    json: { kind: 'httpJson', url: 'http://127.0.0.1/{metric}', pointer: 'value', samples: '/n' },
  });
  await expect(failing).rejects.toMatchObject({
    issues: expect.arrayContaining(
      ['/collector', '/a~1b/kind', '/inside/url', '/misspelt/querys', '/json/pointer'].map((path) =>
        expect.objectContaining({ path }),
      ),
    ),
  });
  await expect(failing).rejects.not.toThrow(/s3cret/);
});

it('are read from a file that is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sources-'));
  const file = join(folder, 'sources.json');
  await writeFile(
    file,
    JSON.stringify({ prom: { kind: 'prometheus', url: 'http://127.0.0.1:9090', queries: { errorRate: query } } }),
  );
  expect((await parseMetricSourceSettings(file, outbound)).map(({ name }) => name)).toEqual(['prom']);
  await expect(parseMetricSourceSettings(join(folder, 'none.json'), outbound)).rejects.toThrow('none.json');
  await rm(folder, { recursive: true });
});

it('that are no object are refused without being repeated', async () => {
  await expect(parseMetricSourceSettings('[1]', outbound)).rejects.toThrow('SLUICE_METRIC_SOURCES: must be a JSON object');
  const broken = parseMetricSourceSettings('{ "a": "s3cret', outbound);
  await expect(broken).rejects.toThrow('SLUICE_METRIC_SOURCES: is no JSON');
  await expect(broken).rejects.not.toThrow(/s3cret/);
});
