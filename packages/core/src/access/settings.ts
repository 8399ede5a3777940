/** What makes a person and a token, read whole. */
import { type Refusal, refuse } from '../error.ts';
import { pointerPart } from '../flag/parse-condition.ts';
import { shown } from '../flag/shown.ts';
import { throwIssues } from '../issues.ts';
import { isJsonObject } from '../json.ts';
import { keyProblem, nameShape } from '../project/key.ts';
import { type InstantSetting, instantOf } from '../rollout/start-settings.ts';
import { EVERY, isScope, type Scope } from '../scope.ts';
import { objectOf, oneOf, type Shape } from '../transfer/shape.ts';
import { ROLES, type Roles, TOKEN_KINDS, type TokenKind } from './roles.ts';

export interface PersonSettings {
  /** At most 128 characters; upper and lower case are the same. */
  readonly email: string;
  /** For people; the address unless given. */
  readonly name?: string;
  /** What the shell's password hash made of the password; null, or left out, for who cannot log in with one yet. */
  readonly passwordHash?: string | null;
  /** By project, `*` for every project; none unless given. */
  readonly roles?: Roles;
}

export interface TokenSettings {
  readonly kind: TokenKind;
  /** For people: what it is for. 1 to 256 characters. */
  readonly label: string;
  /** The environment in which it may do anything: needed for `server` and `client`, and not for `personal`. */
  readonly boundTo?: Scope;
  /** From when it is refused; never unless given. */
  readonly expiresAt?: InstantSetting | null;
}

export type ParsedPerson = Required<PersonSettings>;
export interface ParsedToken {
  readonly kind: TokenKind;
  readonly label: string;
  readonly boundTo: Scope | null;
  readonly expiresAt: number | null;
}

const EMAIL = /^[^\s@"'<>(),:;\\]+@[^\s@"'<>(),:;\\]+$/;
const MAX_EMAIL_LENGTH = 128;
const MAX_HASH_LENGTH = 1024;

const emailShape: Shape = (value, path) =>
  typeof value === 'string' && value.length <= MAX_EMAIL_LENGTH && EMAIL.test(value) && !/[\p{C}\p{Surrogate}]/u.test(value)
    ? []
    : [{ path, message: `must be an e-mail address of at most ${MAX_EMAIL_LENGTH} characters; it is ${shown(value)}` }];

/** The value is not shown: it is a secret. */
const hashShape: Shape = (value, path) =>
  value === null || (typeof value === 'string' && value !== '' && value.length <= MAX_HASH_LENGTH)
    ? []
    : [{ path, message: `must be the hash of a password, a text of 1 to ${MAX_HASH_LENGTH} characters, or null` }];

const rolesShape: Shape = (value, path) => {
  if (!isJsonObject(value)) return [{ path, message: `must be an object of roles by project; it is ${shown(value)}` }];
  return Object.entries(value).flatMap(([project, role]) => {
    const at = `${path}/${pointerPart(project)}`;
    const problem = project === EVERY ? null : keyProblem(project);
    return [...(problem === null ? [] : [{ path: at, message: `is no project: a key ${problem}` }]), ...oneOf(ROLES)(role, at)];
  });
};

const scopeShape: Shape = (value, path) =>
  isScope(value) ? [] : [{ path, message: `must be { project, environment }; it is ${shown(value)}` }];
const instantShape: Shape = (value, path) =>
  value === null || instantOf(value as InstantSetting) !== null
    ? []
    : [{ path, message: `must be an instant such as "2027-01-31T08:00:00Z", or null; it is ${shown(value)}` }];

const personShape = objectOf({ email: emailShape }, { name: nameShape, passwordHash: hashShape, roles: rolesShape });
const tokenShape = objectOf({ kind: oneOf(TOKEN_KINDS), label: nameShape }, { boundTo: scopeShape, expiresAt: instantShape });

/** @throws SluiceError `invalid` with every issue */
export function parsePersonSettings(settings: unknown): ParsedPerson {
  throwIssues('person', personShape(settings, ''));
  const { email, name = email, passwordHash = null, roles = {} } = settings as PersonSettings;
  return { email: personKey(email), name, passwordHash, roles: { ...roles } };
}

/** The key of whoever has this e-mail address. */
export function personKey(email: string): string {
  return email.toLowerCase();
}

/** @throws SluiceError `invalid` with every issue */
export function parseTokenSettings(settings: unknown): ParsedToken {
  const issues = tokenShape(settings, '');
  throwIssues('token', issues.length > 0 ? issues : bindingIssues(settings as TokenSettings));
  const { kind, label, boundTo, expiresAt } = settings as TokenSettings;
  const scope = boundTo === undefined ? null : { project: boundTo.project, environment: boundTo.environment };
  return { kind, label, boundTo: scope, expiresAt: expiresAt === undefined || expiresAt === null ? null : instantOf(expiresAt) };
}

function bindingIssues({ kind, boundTo }: TokenSettings): { path: string; message: string }[] {
  const path = '/boundTo';
  if (kind === 'personal')
    return boundTo === undefined ? [] : [{ path, message: 'is not given for a personal token: it may do what its person may' }];
  return boundTo === undefined ? [{ path, message: `must be { project, environment } for a ${kind} token` }] : [];
}

/** A role of a caller that no parser has seen. */
export function roleProblem(project: unknown, role: unknown): Refusal | null {
  const [issue] = rolesShape({ [String(project)]: role ?? ROLES[0] }, '');
  return issue === undefined ? null : refuse(`the role in "${String(project)}": ${issue.message}`, 'invalid', [issue]);
}
