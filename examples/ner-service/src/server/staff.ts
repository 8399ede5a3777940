/** Who works on the demo's server: an engineer who releases, somebody on call, and whoever looks at the page. */
import { randomBytes } from 'node:crypto';
import { createClient, type SluiceClient } from '@sluice/client';

export const PROJECT = 'default';
/** Protected: every change needs a reason, and shares rise only by rollouts. */
export const SCOPE = { project: PROJECT, environment: 'production' } as const;

const ENGINEER = 'ann@example.com';
const ON_CALL = 'on-call@example.com';
const VISITOR = 'you@example.com';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface Staff {
  readonly engineer: SluiceClient;
  readonly onCall: SluiceClient;
  /** Of whoever looks at the page: an administrator of this server. */
  readonly visitor: Credentials;
  /** Of the service, bound to `SCOPE`. */
  readonly serviceToken: string;
  /** Of what asks through OFREP. */
  readonly clientToken: string;
}

/** `setupSecret` is what the server printed at its first start. */
export async function hire(url: string, setupSecret: string): Promise<Staff> {
  const engineer = { email: ENGINEER, password: newPassword() };
  await createClient({ url }).session.setUp({ ...engineer, secret: setupSecret });
  const client = await clientOf(url, engineer);
  const onCall = { email: ON_CALL, password: newPassword() };
  const visitor = { email: VISITOR, password: newPassword() };
  await client.people.create({ ...onCall, roles: { [PROJECT]: 'approver' } });
  await client.people.create({ ...visitor, roles: { '*': 'admin' } });
  const bound = { project: PROJECT, boundTo: SCOPE.environment } as const;
  const [service, page] = [
    await client.tokens.create({ ...bound, kind: 'server', label: 'people service' }),
    await client.tokens.create({ ...bound, kind: 'client', label: 'another program' }),
  ];
  return {
    engineer: client,
    onCall: await clientOf(url, onCall),
    visitor,
    serviceToken: service.secret,
    clientToken: page.secret,
  };
}

/** The cookie of a session, as a log-in sets it. */
export async function sessionCookie(url: string, { email, password }: Credentials): Promise<string> {
  const answer = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const cookie = answer.headers.get('set-cookie');
  if (cookie === null) throw new Error(`the server let ${email} not in: ${answer.status} ${await answer.text()}`);
  return cookie;
}

/** As somebody's command or script does it: with a token of their own. */
async function clientOf(url: string, who: Credentials): Promise<SluiceClient> {
  const cookie = (await sessionCookie(url, who)).split(';')[0] ?? '';
  const browser: typeof fetch = (to, init) =>
    fetch(to, { ...init, headers: { ...init?.headers, cookie, 'sec-fetch-site': 'same-origin' } });
  const { secret } = await createClient({ url, fetch: browser }).account.createToken({ label: 'the demo' });
  return createClient({ url, token: secret });
}

function newPassword(): string {
  return randomBytes(12).toString('base64url');
}
