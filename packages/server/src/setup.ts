/** The first administrator: made with a secret that stands in the log of the server that started without one, once. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { PublicPerson } from '@sluice/core';
import { SluiceError, type Workspace } from 'sluice';
import { unauthenticated } from './http-problem.ts';
import { hashPassword } from './passwords.ts';

export class Setup {
  readonly #workspace: Workspace;
  #secret: string | null = null;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** The secret, or null when there is an administrator. Good until one is made or this process ends. */
  offer(): string | null {
    if (this.#workspace.access.hasAdministrator()) return null;
    this.#secret ??= randomBytes(24).toString('base64url');
    return this.#secret;
  }

  /** @throws HttpProblem 401 for another secret; SluiceError `refused` when there is an administrator, `invalid` */
  async complete(secret: string, email: string, password: string): Promise<PublicPerson> {
    const { access } = this.#workspace;
    if (access.hasAdministrator()) throw new SluiceError('refused', 'there is an administrator already; ask them to let you in');
    if (this.#secret === null || !isSame(secret, this.#secret))
      throw unauthenticated('the secret is not the one in the log of this server');
    const passwordHash = await hashPassword(password);
    const options = { principal: { kind: 'system' }, reason: 'the first administrator' } as const;
    const person = await access.createPerson({ email, passwordHash, roles: { '*': 'admin' } }, options);
    this.#secret = null;
    return person;
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}
