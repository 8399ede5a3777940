/** Logging in and out. */
import { routeOf } from '@sluice/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Workspace } from 'sluice';
import { shownPerson } from './api/access.ts';
import type { Admit } from './authentication.ts';
import { callerAddress } from './caller-address.ts';
import { tooMany, unauthenticated } from './http-problem.ts';
import { isPassword } from './passwords.ts';
import { bodyOf, registerRoute } from './registration.ts';
import type { Sessions } from './sessions.ts';
import type { Setup } from './setup.ts';

export interface SessionParts {
  readonly admit: Admit;
  readonly workspace: Workspace;
  readonly sessions: Sessions;
  readonly setup: Setup;
  readonly failedLoginsPerMinute: number;
}

interface Login {
  readonly email: string;
  readonly password: string;
}

export function registerSessionRoutes(app: FastifyInstance, parts: SessionParts): void {
  const { admit, workspace, sessions, setup, failedLoginsPerMinute } = parts;
  const max = failedLoginsPerMinute;
  const byAddress = app.createRateLimit({ max, timeWindow: 60_000, keyGenerator: ({ ip }) => `login:${callerAddress(ip)}` });
  const byPerson = app.createRateLimit({ max, timeWindow: 60_000, keyGenerator: (request) => `login:${addressedTo(request)}` });
  registerRoute(app, 'session.login', admit, async (request, reply) => {
    const { email, password } = bodyOf<Login>(routeOf('session.login'), request);
    for (const limit of [byAddress, byPerson]) {
      const found = await limit(request);
      if (!found.isAllowed && found.isExceeded) throw tooMany(found.ttlInSeconds);
    }
    const credentials = workspace.access.credentialsOf(email);
    const isRight = await isPassword(password, credentials?.isDisabled === true ? null : credentials?.passwordHash);
    if (!isRight) throw unauthenticated('the address or the password is wrong');
    const { cookie, expiresAt } = sessions.begin(email.toLowerCase());
    return reply.header('set-cookie', cookie).send({ email: email.toLowerCase(), expiresAt: new Date(expiresAt).toISOString() });
  });
  registerRoute(app, 'session.setUp', admit, async (request, reply) => {
    const found = await byAddress(request);
    if (!found.isAllowed && found.isExceeded) throw tooMany(found.ttlInSeconds);
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

/** Many guesses of one person's password from many addresses are many guesses, too. */
function addressedTo({ body }: FastifyRequest): string {
  const { email } = (body ?? {}) as { readonly email?: unknown };
  return String(email).toLowerCase();
}
