/** Keeps who asks, and where, for the calls to come. */
import { hostname } from 'node:os';
import { createClient } from '@sluice/client';
import { SluiceError } from '@sluice/core';
import { z } from 'zod';
import { command } from '../command.ts';
import { type Given, given } from '../option.ts';
import { pairs } from '../paint.ts';
import { writeProfile } from '../profile.ts';
import type { Session } from '../session.ts';

const loggedIn = z.object({
  url: z.string(),
  actor: z.string(),
  profile: z.string().describe('The file that the token is kept in'),
});

export const LOGIN = command<z.infer<typeof loggedIn>>({
  name: 'login',
  summary: 'Keeps a token for this server in your profile, readable by you alone.',
  options: [
    { form: '--email <address>', says: 'log in with a password, which is asked for' },
    { form: '--setup <secret>', says: 'first become the administrator of a new server' },
  ],
  note: 'With --token <secret> (- reads it from standard input) that token is kept; with --email a personal one is made. --project and --environment are kept, too. SLUICE_PROFILE names another file.',
  examples: ['login --url https://flags.example.com --email ann@example.com', 'login --url http://127.0.0.1:4400 --token -'],
  answer: loggedIn,
  run: async (session, asked) => {
    const { url } = session.settings;
    if (url === null) throw new SluiceError('invalid', 'a flag file needs no login; leave out --file, or give --url');
    const token = await tokenFor(session, asked, url);
    const { actor } = await createClient({ url, token }).access.me({});
    const chosen = given({ project: asked.text('project'), environment: asked.text('environment') });
    return { answer: { url, actor, profile: await writeProfile(session.terminal, { url, token, ...chosen }) } };
  },
  show: ({ url, actor, profile }, paint) => pairs({ 'logged in': actor, server: url, profile }, paint),
});

async function tokenFor(session: Session, asked: Given, url: string): Promise<string> {
  const told = asked.text('token');
  if (told === '-') return (await session.readInput()).trim();
  if (told !== undefined) return told;
  const email = asked.text('email');
  if (email === undefined) throw new SluiceError('invalid', 'sluice login needs --email <address> or --token <secret>');
  const { terminal } = session;
  const password = terminal.isInteractive ? await terminal.askSecret('Password: ') : (await session.readInput()).trim();
  return personalToken(url, { email, password }, asked.text('setup'));
}

/** By a session that is ended again: what stays is the token. */
async function personalToken(url: string, who: { email: string; password: string }, setup: string | undefined): Promise<string> {
  let cookie = '';
  const page = createClient({
    url,
    fetch: async (to, init) => {
      const answer = await fetch(to, { ...init, headers: { ...init?.headers, cookie, 'sec-fetch-site': 'same-origin' } });
      cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      return answer;
    },
  });
  if (setup !== undefined) await page.session.setUp({ ...who, secret: setup });
  await page.session.login(who);
  return (await page.account.createToken({ label: `sluice on ${hostname()}`.slice(0, 128) })).secret;
}
