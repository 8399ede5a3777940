import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@sluice/conformance/free-port';
import { expect, it } from 'vitest';
import { answeringServer, send } from './answering-server.testing.ts';
import { findPrometheus } from './prometheus-binary.testing.ts';
import { prometheusSource } from './prometheus-source.ts';

const prometheusCommand = findPrometheus();

function startPrometheus(command: string, folder: string, port: number, target: string): ChildProcess {
  const config = join(folder, 'prometheus.yml');
  const scrape = `{ job_name: app, scrape_interval: 200ms, scrape_timeout: 200ms, static_configs: [{ targets: ['${target}'] }] }`;
  writeFileSync(config, `scrape_configs: [${scrape}]\n`);
  const paths = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`];
  return spawn(command, [...paths, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
}

/** 10 requests and 1 error more with each scrape of the change, 40 and 2 of the other; a third, whose process restarts after nine scrapes; and none of a fourth. */
function metricsAt(scrape: number): string {
  return [
    `requests_total{flag="f",variant="on"} ${scrape * 10}`,
    `errors_total{flag="f",variant="on"} ${scrape}`,
    `requests_total{flag="f",variant="beside"} ${scrape * 40}`,
    `errors_total{flag="f",variant="beside"} ${scrape * 2}`,
    `requests_total{flag="f",variant="restarting"} ${(scrape % 9) * 10}`,
    `errors_total{flag="f",variant="restarting"} ${scrape % 9}`,
    'series{which="a"} 1',
    'series{which="b"} 1',
    '',
  ].join('\n');
}

it.skipIf(prometheusCommand === null)('a real Prometheus is measured as the protocol says', async () => {
  let scrapes = 0;
  const app = await answeringServer((response) => send(response, metricsAt(scrapes++)));
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const port = await freePort();
  const prometheus = startPrometheus(prometheusCommand ?? '', folder, port, app.url.slice('http://'.length));
  try {
    const samples = 'sum(increase(requests_total{flag=$flag, variant=$variant}[$window]))';
    const errors = 'sum(increase(errors_total{flag=$flag, variant=$variant}[$window]))';
    const source = prometheusSource({
      url: `http://127.0.0.1:${port}`,
      queries: {
        errorRate: {
          value: `${errors} / ${samples}`,
          samples,
          newestAt: 'max(timestamp(requests_total{variant=$variant}))',
          events: errors,
        },
        'mean(nothing)': { value: `${samples} * 0 / 0`, samples },
        'mean(several)': { value: 'series', samples },
        'mean(broken)': { value: 'sum(', samples },
        'mean(range)': { value: 'series[1m]', samples },
        'mean(mismatch)': { value: 'series * on() series', samples },
      },
    });
    const ask = (metric: string, variant = 'on') => {
      const query = metric === 'errorRate' ? ({ kind: 'errorRate' } as const) : ({ kind: 'mean', metric } as const);
      return source.measure(query, { flag: 'f', variant, from: Date.now() - 60_000, to: Date.now() });
    };
    await expect
      .poll(() => ask('errorRate'), { timeout: 60_000 })
      .toMatchObject({ kind: 'value', value: expect.closeTo(0.1, 6) });
    const measured = await ask('errorRate');
    expect(measured).toMatchObject({ samples: expect.any(Number), at: expect.any(Number) });
    expect(await ask('errorRate', 'off')).toEqual({ kind: 'noData', at: null });
    const count = async (variant: string) => {
      const range = { flag: 'f', variant, from: Date.now() - 60_000, to: Date.now() };
      return source.countEvents?.({ metric: { kind: 'errorRate' }, slowerThan: null }, range);
    };
    for (const [variant, errorRate] of [
      ['on', 0.1],
      ['beside', 0.05],
      ['restarting', 0.1],
    ] as const) {
      const counted = await count(variant);
      const { requests, events } = counted?.kind === 'counts' ? counted : { requests: 0, events: Number.NaN };
      expect(Math.abs(events - requests * errorRate)).toBeLessThanOrEqual(1);
      expect(requests).toBeGreaterThan(0);
    }
    expect(await count('off')).toEqual({ kind: 'noData', at: null });
    expect(await ask('nothing')).toMatchObject({ kind: 'noData' });
    for (const [metric, message] of [
      ['several', '2 series'],
      ['broken', '400, bad_data'],
      ['range', 'a matrix'],
      ['mismatch', '422, execution'],
    ] as const)
      expect(await ask(metric)).toEqual({ kind: 'error', cause: 'badQuery', message: expect.stringContaining(message) });
  } finally {
    prometheus.kill('SIGKILL');
    await app.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
});
