/** The names of core that administer an installation: projects, who may do what in them, and who is told. */
export { isSessionValid, type Person, principalOf } from './access/person.ts';
export {
  isAdministrator,
  type PersonFacts,
  planCreatePerson,
  planDisablePerson,
  planEndSessions,
  planRenamePerson,
  planSetPassword,
  planSetRole,
} from './access/plan-person.ts';
export { planCreateToken, planRevokeToken, type TokenFacts, type TokenSecret } from './access/plan-token.ts';
export {
  type PublicEvent,
  type PublicOf,
  type PublicPerson,
  type PublicRecord,
  type PublicToken,
  type PublicWebhook,
  publicEvent,
  publicRecord,
} from './access/public-record.ts';
export {
  actorOf,
  PERMISSIONS,
  type Permission,
  type Principal,
  permits,
  ROLES,
  type Role,
  type Roles,
  roleIn,
  TOKEN_KINDS,
  TOKEN_PERMISSIONS,
  type TokenKind,
} from './access/roles.ts';
export {
  type ParsedPerson,
  type ParsedToken,
  type PersonSettings,
  parsePersonSettings,
  parseTokenSettings,
  personKey,
  type TokenSettings,
} from './access/settings.ts';
export { isTokenValid, type Token } from './access/token.ts';
export { revisionRefusal } from './expected-revision.ts';
export {
  type DeadLetter,
  type Delivery,
  delivered,
  failed,
  MAX_DEAD_LETTERS,
  newDelivery,
  RETRY_DELAYS_MS,
  resent,
} from './notification/delivery.ts';
export { type GoneAnswer, planWebhookGone } from './notification/gone.ts';
export { planDeleteWebhook, planRenewWebhookSecret, planSetWebhook, type WebhookFacts } from './notification/plan-webhook.ts';
export { parseWebhookSettings, type WebhookSettings } from './notification/settings.ts';
export { publicUrl, WEBHOOK_FORMATS, type Webhook, type WebhookFormat, wantsEvent } from './notification/webhook.ts';
export {
  COPIED_PARTS,
  type CopiedPart,
  compareFlags,
  type Difference,
  type FlagComparison,
  planCopyFlag,
  TARGETING_FIELDS,
} from './project/compare.ts';
export { type DefinitionSettings, FLAG_TYPES, type FlagType, flagTypeOf, parseDefinition } from './project/definition.ts';
export { keyProblem, MAX_KEY_LENGTH } from './project/key.ts';
export {
  type EnvironmentFacts,
  type EnvironmentFlags,
  levelDefinitions,
  planArchiveEverywhere,
  planDefinition,
  type Siblings,
  spreadDefinitions,
} from './project/plan-definition.ts';
export {
  planAddEnvironment,
  planCreateProject,
  planRenameProject,
  planSetProtected,
  unknownEnvironment,
  unknownProject,
} from './project/plan-project.ts';
export { DEFAULT_ENVIRONMENTS, type Environment, environmentOf, type Project } from './project/project.ts';
export { FIRST_STAGE_SHARE, protectionRefusal, reasonRefusal } from './project/protection.ts';
export {
  type EnvironmentSettings,
  type ParsedProject,
  type ProjectSettings,
  parseEnvironmentSettings,
  parseProjectName,
  parseProjectSettings,
} from './project/settings.ts';
