/** Logging in and out. */
import { routeOf } from '@sluice/protocol';
import type { FastifyInstance } from 'fastify';
import type { Workspace } from 'sluice';
import { shownPerson } from './api/access.ts';
import type { Admit } from './authentication.ts';
import { callerAddress } from './caller-address.ts';
import { unauthenticated } from './http-problem.ts';
import { isPassword } from './passwords.ts';
import { RateLimit } from './rate-limit.ts';
import { bodyOf, registerRoute } from './registration.ts';
import type { SecondLook } from './second-look.ts';
import type { Sessions } from './sessions.ts';
import type { Setup } from './setup.ts';

export interface SessionParts {
  readonly admit: Admit;
  readonly workspace: Workspace;
  readonly sessions: Sessions;
  readonly setup: Setup;
  readonly failedLoginsPerMinute: number;
  readonly secondLook: SecondLook;
}

interface Login {
  readonly email: string;
  readonly password: string;
}

export function registerSessionRoutes(app: FastifyInstance, parts: SessionParts): void {
  const { admit, workspace, sessions, setup, failedLoginsPerMinute, secondLook } = parts;
  const max = failedLoginsPerMinute;
  const byAddress = new RateLimit({ max });
  const byPerson = new RateLimit({ max });
  registerRoute(app, 'session.login', admit, async (request, reply) => {
    const { email, password } = bodyOf<Login>(routeOf('session.login'), request);
    byAddress.count(callerAddress(request.ip));
    // Many guesses of one person's password from many addresses are many guesses, too.
    byPerson.count(email.toLowerCase());
    const known = hashOf(workspace, email);
    let isRight = await isPassword(password, known);
    // Whoever was made, or given a password, at another replica a moment ago is known here now.
    if (!isRight && (await secondLook.at(`${email.toLowerCase()} logs in`)) && hashOf(workspace, email) !== known)
      isRight = await isPassword(password, hashOf(workspace, email));
    if (!isRight) throw unauthenticated('the address or the password is wrong');
    const { cookie, expiresAt } = sessions.begin(email.toLowerCase());
    return reply.header('set-cookie', cookie).send({ email: email.toLowerCase(), expiresAt: new Date(expiresAt).toISOString() });
  });
  registerRoute(app, 'session.setUp', admit, async (request, reply) => {
    byAddress.count(callerAddress(request.ip));
    const { secret, email, password } = bodyOf<Login & { readonly secret: string }>(routeOf('session.setUp'), request);
    return reply.code(201).send(shownPerson(await setup.complete(secret, email, password)));
  });
  registerRoute(app, 'session.logout', admit, async ({ admitted }, reply) => {
    void reply.header('set-cookie', sessions.end());
    // A cookie that somebody copied is good until the person's record says otherwise.
    const principal = admitted?.principal;
    if (principal?.kind === 'person' && principal.token === null)
      await workspace.access.endSessions(principal.key, { principal, reason: 'logged out' });
    return reply.code(204).send();
  });
}

/** Null for whoever cannot log in. */
function hashOf({ access }: Workspace, email: string): string | null {
  const credentials = access.credentialsOf(email);
  return credentials?.isDisabled === true ? null : (credentials?.passwordHash ?? null);
}
