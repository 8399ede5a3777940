/**
 * What a flag is asked for: a user, session, tenant or host.
 *
 * `userId` is the unit's key. `groups` are names that the caller knows it by; the first 1,000 count. `attributes` are what conditions
 * read; only own properties count.
 */
export interface Unit {
  readonly userId?: string | number | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}
