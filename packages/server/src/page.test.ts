import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentHeaders, securityHeaders } from './security-headers.ts';
import { type World, world } from './world.testing.ts';

let at: World;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-page-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'assets', 'main-1.js'), 'let a = 1;');
  await writeFile(join(folder, 'assets', 'main-1.js.gz'), 'compressed');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  at = await world({}, { page: { folder, document: '<meta content="__NONCE__"><i>page</i>' } });
});
afterAll(async () => {
  await at.close();
  await rm(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${at.url}${path}`, { headers });
const HTML = { accept: 'text/html,application/xhtml+xml' };

describe('the page', () => {
  it('is the same document at each of its addresses, with a nonce of its own each time and no other style or script', async () => {
    const nonces = new Set<string>();
    for (const path of ['/', '/login', '/p/default/production/flags/a%2Fb', '/flags/%E0%A4%A']) {
      const answer = await get(path, HTML);
      const nonce = /content="([^"]+)"/.exec(await answer.text())?.[1] ?? '';
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect([answer.status, policy.includes(`style-src 'self' 'nonce-${nonce}'`)], path).toEqual([200, true]);
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("worker-src 'self'");
      expect(policy).toContain("default-src 'none'");
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        ...securityHeaders(),
        ...documentHeaders(),
        'content-security-policy': policy,
      });
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(4);
  });

  it('does not stand in for what the API does not have, or for programs', async () => {
    for (const [path, headers] of [
      ['/api/v1/nothing', HTML],
      ['/ofrep/v1/nothing', HTML],
      ['/flags', { accept: 'application/json' }],
    ] as const) {
      const answer = await get(path, headers);
      expect([answer.status, answer.headers.get('content-type')], path).toEqual([404, 'application/problem+json; charset=utf-8']);
    }
    for (const [path, headers] of [
      ['/api/v1/%E0%A4%A', HTML],
      ['/flags/%E0%A4%A', { accept: 'application/json' }],
    ] as const) {
      const answer = await get(path, headers);
      expect([answer.status, answer.headers.get('content-type')], path).toEqual([400, 'application/problem+json; charset=utf-8']);
    }
  });

  it('has files that are kept for ever, compressed as they were built', async () => {
    const plain = await get('/assets/main-1.js', { 'accept-encoding': 'identity' });
    expect([plain.status, await plain.text()]).toEqual([200, 'let a = 1;']);
    expect(plain.headers.get('cache-control')).toContain('immutable');
    const { headers } = await at.app.http.inject({ url: '/assets/main-1.js', headers: { 'accept-encoding': 'gzip' } });
    expect([headers['content-encoding'], headers['content-type']]).toEqual(['gzip', expect.stringContaining('javascript')]);
  });

  it('gives nothing beside its files', async () => {
    for (const path of ['/assets/..%2fsecret.txt', '/assets/%2e%2e/secret.txt', '/assets/none.js', '/assets/..%5csecret.txt']) {
      const { statusCode, body } = await at.app.http.inject({ url: path });
      expect([path, statusCode >= 400, body.includes('secret\n') || body === 'secret']).toEqual([path, true, false]);
    }
  });

  it('is said to be missing where it was not built', async () => {
    const without = await world();
    const answer = await fetch(`${without.url}/`, { headers: HTML });
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('npm run build')]);
    await without.close();
  });
});
