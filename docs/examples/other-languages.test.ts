/** Runs every command of the guide for other languages, as it stands there, and looks at what it answers. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { world } from '../../packages/server/src/world.testing.ts';

const page = await readFile(join(import.meta.dirname, '../guides/other-languages.md'), 'utf8');
const blocks = (kind: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${kind}\\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text ?? '');

/** What the command says; `curl` ends with 28 where a stream was cut by `--max-time`. */
function run(command: string, env: Record<string, string>, cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const shell = execFile('sh', ['-c', command], { env: { PATH: process.env.PATH, ...env }, cwd }, (error, stdout, stderr) => {
      if (error === null || shell.exitCode === 28) resolve(stdout);
      else reject(new Error(`${command}\nended with ${shell.exitCode}: ${stderr}`));
    });
  });
}

it('answers every command of the guide as the guide says', async () => {
  const at = await world();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-curl-'));
  await at.sluice.flags.setFlag('new_checkout', { enabled: true });
  const env = { SLUICE_URL: at.url, SLUICE_TOKEN: at.secrets.client, SLUICE_SERVER_TOKEN: at.secrets.server };
  const [one = '', all = '', events = '', observed = '', stream = '', ...more] = blocks('sh');
  expect(more).toEqual([]);
  const [oneAnswer = '', observedAnswer = ''] = blocks('json').map((text) => JSON.parse(text));
  expect(JSON.parse(await run(one, env, folder))).toEqual(oneAnswer);
  const { flags, eventStreams } = JSON.parse(await run(all, env, folder));
  expect(flags).toEqual([oneAnswer]);
  expect(await readFile(join(folder, 'headers.txt'), 'utf8')).toMatch(/^etag: "/im);
  const told = await run(events, { ...env, EVENTS: eventStreams[0].endpoint.requestUri }, folder);
  expect(told).toMatch(/event: message\ndata: \{"type":"refetchEvaluation"/);
  expect(JSON.parse(await run(observed, env, folder))).toEqual(observedAnswer);
  expect(await run(stream, env, folder)).toMatch(/event: snapshot\ndata: \{"seq":\d+/);
  at.app.http.server.closeAllConnections();
  await at.close();
  await rm(folder, { recursive: true });
});
