/** How long a connection keeps its process alive: while somebody waits for it, and no longer. */
import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';
import { freePort } from '../server/server-process.testing.ts';

/** What a program says that runs this; rejects when it does not end by itself. */
function run(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '-e', program], { timeout: 60_000 }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
}

it('waits for a server that is away as long as it is asked to, and ends after it was closed', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const said = await run(`
    import { connect } from '@sluice/client';
    const flags = connect({ url: '${url}', graceMs: 1_500 });
    flags.on('problem', () => {});
    console.log(await flags.ready());
    flags.observe('latency', 1);
    await flags.close();
    console.log(flags.status);
  `);
  expect(said).toBe('ERROR\nNOT_READY\n');
});
