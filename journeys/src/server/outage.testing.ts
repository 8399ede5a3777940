/** Servers in an outage of their store: asked all the time, and told to kill by the token of their machine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient, type SluiceClient } from '@sluice/client';
import { evaluated, SCOPE, type ServerPlace, type ServerProcess } from './server-process.testing.ts';

/** Of the machine that a server runs on. */
export async function onCall({ url }: ServerProcess, { dataFolder }: ServerPlace): Promise<SluiceClient> {
  const token = (await readFile(join(dataFolder, 'break-glass.token'), 'utf8')).trim();
  return createClient({ url, token, retries: 0 });
}

export interface Asking {
  /** Ends it: how often was asked, and every answer that was not as it should be. */
  stop(): Promise<{ readonly asked: number; readonly failures: readonly unknown[] }>;
}

/** Asks OFREP for this flag of one unit after the other until it is stopped. */
export function askAllTheTime(url: string, sdkSecret: string, flag: string): Asking {
  let isStopped = false;
  let asked = 0;
  const failures: unknown[] = [];
  const asking = (async () => {
    while (!isStopped) {
      asked += 1;
      const answer = await evaluated(url, sdkSecret, flag, `unit ${asked}`).catch((error: unknown) => ({ status: 0, error }));
      if (answer.status !== 200) failures.push(answer);
      await wait(2);
    }
  })();
  return {
    stop: async () => {
      isStopped = true;
      await asking;
      return { asked, failures };
    },
  };
}

/** What a stream has said so far. */
export async function listen(url: string, path: string, token: string): Promise<{ text(): string; end(): void }> {
  const abort = new AbortController();
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` }, signal: abort.signal });
  if (answer.status !== 200 || answer.body === null) throw new Error(`${path} answered ${answer.status}`);
  let said = '';
  const reading = (async () => {
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) said += Buffer.from(chunk).toString();
  })();
  reading.catch(() => {});
  return { text: () => said, end: () => abort.abort() };
}

/** A flag of production that only this user has, so that a kill shows. */
export async function flagFor(client: SluiceClient, key: string, user: string): Promise<void> {
  await client.flags.set({ ...SCOPE, key, settings: { enabled: true, rolloutPercentage: 0 }, reason: 'new' });
  await client.flags.addUser({ ...SCOPE, key, user, reason: 'first user' });
}
