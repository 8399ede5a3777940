/** Runs every command of the guide for other languages, as it stands there, and looks at what it answers. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
  await at.close();
  await rm(folder, { recursive: true });
});

const isThere = (command: string): Promise<boolean> =>
  run(command, {}, tmpdir()).then(
    () => true,
    () => false,
  );

const hasPython = await isThere('python3 --version');
if (!hasPython) process.stderr.write('there is no python3 here: the Python of docs/guides/other-languages.md is not run\n');

it.runIf(hasPython)('answers the Python of the guide', async () => {
  const at = await world();
  await at.sluice.flags.setFlag('new_checkout', { enabled: true });
  const [script = '', ...more] = blocks('python');
  const said = await run(`python3 - <<'END'\n${script}END`, { SLUICE_URL: at.url, SLUICE_TOKEN: at.secrets.client }, tmpdir());
  expect([said, more]).toEqual(['True\n', []]);
  expect((await at.sluice.flags.getFlagStats('new_checkout')).evaluations).toBe(1);
  await at.close();
});

// A file that is run as it stands takes the compiler of the JDK, which a runtime alone has not.
const hasJava = await isThere('java --list-modules | grep jdk.compiler');
if (!hasJava) process.stderr.write('there is no JDK here: the Java of docs/guides/other-languages.md is not run\n');

it.runIf(hasJava)('answers the Java of the guide', async () => {
  const at = await world();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-java-'));
  await at.sluice.flags.setFlag('new_checkout', { enabled: true });
  const [program = '', ...more] = blocks('java');
  await writeFile(join(folder, 'Evaluate.java'), program);
  const said = await run('java Evaluate.java', { SLUICE_URL: at.url, SLUICE_TOKEN: at.secrets.client }, folder);
  const [oneAnswer] = blocks('json').map((text) => JSON.parse(text));
  expect([said.slice(0, 4), JSON.parse(said.slice(4)), more]).toEqual(['200 ', oneAnswer, []]);
  expect((await at.sluice.flags.getFlagStats('new_checkout')).evaluations).toBe(1);
  at.app.http.server.closeAllConnections();
  await at.close();
  await rm(folder, { recursive: true });
});
