/** Who may come in: people with their roles, and tokens. Asking is answered from memory. */
import {
  type Attribution,
  actorOf,
  type Change,
  INSTALLATION_SCOPE,
  isSessionValid,
  isTokenValid,
  type PersonFacts,
  type PersonSettings,
  type Principal,
  type PublicPerson,
  type PublicToken,
  parsePersonSettings,
  parseTokenSettings,
  personKey,
  planCreatePerson,
  planCreateToken,
  planDisablePerson,
  planEndSessions,
  planRenamePerson,
  planRevokeToken,
  planSetPassword,
  planSetRole,
  principalOf,
  projectScope,
  publicRecord,
  type Refusal,
  type Role,
  type Scope,
  SluiceError,
  type TokenSettings,
} from '@sluice/core';
import { attributionOf, checkOptions, MUTATION_OPTIONS, type MutationOptions, requestOf } from '../mutation.ts';
import { idOfSecret, isSecretOf, newTokenSecret } from './token-secret.ts';
import type { WorkspaceRuntime } from './workspace-runtime.ts';

export interface AccessOptions extends MutationOptions {
  /** Who asks for it: nobody grants more than they have. `{ kind: 'system' }` is the installation itself. */
  readonly principal: Principal;
}

/** What a log-in needs to know; it leaves the program nowhere else. */
export interface Credentials {
  readonly passwordHash: string | null;
  readonly isDisabled: boolean;
}

const ACCESS_OPTIONS = [...MUTATION_OPTIONS, 'principal'];

export class AccessManager {
  readonly #workspace: WorkspaceRuntime;

  constructor(workspace: WorkspaceRuntime) {
    this.#workspace = workspace;
  }

  /**
   * Who the secret of a token stands for; null for one that is unknown, wrong, expired or taken back, or whose person is disabled. From
   * memory, in a time that does not depend on how much of it is right.
   */
  authenticate(secret: unknown): Principal | null {
    const id = idOfSecret(secret);
    if (id === null) return null;
    const token = this.#workspace.directory.tokens.get(id);
    const isRight = isSecretOf(secret as string, token?.hash);
    return isRight ? this.principalOfToken(id) : null;
  }

  /** The id of the token that the secret would be of, when there is no such token here: another process may have made it a moment ago. */
  unknownTokenOf(secret: unknown): string | null {
    const id = idOfSecret(secret);
    return id === null || this.#workspace.directory.tokens.has(id) ? null : id;
  }

  /** Who the token of this id stands for now, for what was granted to it earlier; null when it stands for nobody any more. */
  principalOfToken(id: string): Principal | null {
    const { tokens, people } = this.#workspace.directory;
    const token = tokens.get(id);
    if (token === undefined || !isTokenValid(token, this.#workspace.clock.now())) return null;
    const { key, tokenKind, boundTo } = token;
    if (tokenKind !== 'personal') return boundTo === null ? null : { kind: 'token', id: key, tokenKind, boundTo };
    const person = token.person === null ? undefined : people.get(token.person);
    return person === undefined || person.isDisabled ? null : principalOf(person, key);
  }

  /** Milliseconds since 1970; null for one that does not end by itself, and for one that there is not. */
  tokenEndsAt(id: string): number | null {
    return this.#workspace.directory.tokens.get(id)?.expiresAt ?? null;
  }

  /** For a log-in. Null when there is nobody of this address. */
  credentialsOf(email: string): Credentials | null {
    const person = this.#workspace.directory.people.get(personKey(email));
    if (person === undefined) return null;
    return { passwordHash: person.passwordHash, isDisabled: person.isDisabled };
  }

  /** Whose session this is that began at `startedAt` (milliseconds since 1970); null when it stands no more. */
  sessionPrincipal(email: string, startedAt: number): Principal | null {
    const person = this.#workspace.directory.people.get(personKey(email));
    return person !== undefined && isSessionValid(person, startedAt) ? principalOf(person, null) : null;
  }

  /** Whether there is anybody yet who may administer the installation. */
  hasAdministrator(): boolean {
    this.#workspace.checkOpen();
    return this.#workspace.directory.hasAdministrator();
  }

  /** In order of address. */
  listPeople(): PublicPerson[] {
    this.#workspace.checkOpen();
    return [...this.#workspace.directory.people.values()].map(publicRecord).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** @throws SluiceError `notFound` */
  person(email: string): PublicPerson {
    const person = this.#workspace.directory.people.get(personKey(email));
    if (person === undefined) throw new SluiceError('notFound', `there is nobody of the address "${email}"`);
    return publicRecord(person);
  }

  /** @throws SluiceError `invalid` naming every bad setting, `unauthorized` for a role that the principal does not have, `conflict` */
  async createPerson(settings: PersonSettings, options: AccessOptions): Promise<PublicPerson> {
    const parsed = parsePersonSettings(settings);
    return this.#change(parsed.email, options, (facts, by, now) => planCreatePerson(facts, parsed, by, now));
  }

  /** Null takes the role away; `project` may be `*`. @throws SluiceError `unauthorized`, `refused` for the last administrator, `notFound` */
  setRole(email: string, project: string, role: Role | null, options: AccessOptions): Promise<PublicPerson> {
    return this.#change(email, options, (facts, by, now) => planSetRole(facts, project, role, by, now));
  }

  renamePerson(email: string, name: string, options: AccessOptions): Promise<PublicPerson> {
    const parsed = parsePersonSettings({ email, name });
    return this.#change(email, options, (facts, by, now) => planRenamePerson(facts, parsed.name, by, now));
  }

  /** Ends every session that there is. @throws SluiceError `unauthorized` but for oneself and administrators of the installation */
  setPassword(email: string, passwordHash: string | null, options: AccessOptions): Promise<PublicPerson> {
    const parsed = parsePersonSettings({ email, passwordHash });
    return this.#change(email, options, (facts, by, now) => planSetPassword(facts, parsed.passwordHash, by, now));
  }

  endSessions(email: string, options: AccessOptions): Promise<PublicPerson> {
    return this.#change(email, options, planEndSessions);
  }

  /** Ends their sessions, and refuses their personal tokens. @throws SluiceError `refused` for the last administrator */
  disablePerson(email: string, options: AccessOptions): Promise<PublicPerson> {
    return this.#change(email, options, (facts, by, now) => planDisablePerson(facts, true, by, now));
  }

  enablePerson(email: string, options: AccessOptions): Promise<PublicPerson> {
    return this.#change(email, options, (facts, by, now) => planDisablePerson(facts, false, by, now));
  }

  /** Those of a project's SDKs, newest first; taken back ones too. */
  listTokens(project: string): PublicToken[] {
    return this.#tokens(({ boundTo }) => boundTo?.project === project);
  }

  /** Personal ones, newest first; taken back ones too. */
  listPersonalTokens(email: string): PublicToken[] {
    return this.#tokens(({ person }) => person === personKey(email));
  }

  #tokens(isAsked: (token: PublicToken) => boolean): PublicToken[] {
    const tokens = [...this.#workspace.directory.tokens.values()].map(publicRecord);
    return tokens.filter(isAsked).sort((a, b) => b.createdAt - a.createdAt || (a.key < b.key ? -1 : 1));
  }

  /** The secret is told here and never again. @throws SluiceError `invalid`, `unauthorized` when it could do more than the principal, `notFound` */
  async createToken(
    settings: TokenSettings,
    options: AccessOptions,
  ): Promise<{ readonly token: PublicToken; readonly secret: string }> {
    const { principal, by, request } = this.#asked(options);
    const parsed = parseTokenSettings(settings);
    const made = newTokenSecret(parsed.kind);
    const { directory } = this.#workspace;
    const scope = parsed.boundTo === null ? INSTALLATION_SCOPE : projectScope(parsed.boundTo.project);
    await this.#workspace.commit({
      decide: (now) => {
        const project = parsed.boundTo === null ? undefined : directory.projects.get(parsed.boundTo.project);
        return planCreateToken({ granter: this.#current(principal), project }, parsed, made, by, now);
      },
      scopes: [scope],
      request,
    });
    const token = directory.tokens.get(made.id);
    if (token === undefined) throw new SluiceError('unavailable', 'the token was kept and cannot be read back');
    return { token: publicRecord(token), secret: made.secret };
  }

  /** Refused from now on, on every replica as soon as it has heard of it. @throws SluiceError `notFound`, `unauthorized` */
  async revokeToken(id: string, options: AccessOptions): Promise<void> {
    const { principal, by, request } = this.#asked(options);
    const { tokens } = this.#workspace.directory;
    const scopes: Scope[] = [tokens.get(id)?.scope ?? INSTALLATION_SCOPE];
    await this.#workspace.commit({
      decide: (now) => planRevokeToken(tokens.get(id), this.#current(principal), by, now),
      scopes,
      request,
    });
  }

  async #change(
    email: string,
    options: AccessOptions,
    plan: (facts: PersonFacts, by: Attribution, now: number) => Change | Refusal | null,
  ): Promise<PublicPerson> {
    const { principal, by, request } = this.#asked(options);
    const { people } = this.#workspace.directory;
    const key = personKey(email);
    await this.#workspace.commit({
      decide: (now) => plan({ person: people.get(key), people: people.values(), granter: this.#current(principal) }, by, now),
      scopes: [INSTALLATION_SCOPE],
      request,
    });
    return this.person(key);
  }

  #asked(options: AccessOptions): { principal: Principal; by: Attribution; request: ReturnType<typeof requestOf> } {
    checkOptions('access', options, ACCESS_OPTIONS);
    const { principal } = options;
    if (typeof principal?.kind !== 'string')
      throw new SluiceError('invalid', '/principal must say who asks', {
        issues: [{ path: '/principal', message: 'must say who asks' }],
      });
    return { principal, by: attributionOf({ actor: actorOf(principal), ...options }), request: requestOf(options) };
  }

  /** With the roles of this moment: those that the caller has may have been taken away since. */
  #current(principal: Principal): Principal {
    if (principal.kind !== 'person') return principal;
    const person = this.#workspace.directory.people.get(principal.key);
    return { ...principal, roles: person === undefined || person.isDisabled ? {} : person.roles };
  }
}
