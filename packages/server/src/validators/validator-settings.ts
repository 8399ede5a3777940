/** The validators that a server is started with: by name, where each is asked and what it is signed with. */
import { type Issue, SluiceError } from '@sluice/core';
import type { Clock, RolloutManager } from 'sluice';
import { checkOutboundUrl, type ResolveName, resolveName } from '../outbound/check-outbound-url.ts';
import { type GuardedFetchOptions, guardedFetch } from '../outbound/guarded-fetch.ts';
import type { OutboundPolicy } from '../outbound/outbound-policy.ts';
import { asObject, readSettingsDocument } from '../settings-document.ts';
import { parseSigningSecret } from '../signing/standard-webhook.ts';
import { httpValidator } from './http-validator.ts';

export interface ValidatorEndpoint {
  readonly name: string;
  readonly url: URL;
  readonly secret: string;
}

/** The name of the environment variable that they stand in. */
export const VALIDATORS = 'SLUICE_VALIDATORS';

const LONGEST_VALIDATION_MS = 600_000;

/**
 * Reads `{ "smoke-test": { "url": "https://…", "secret": "whsec_…" } }`, or the file that the text names; each URL is one that
 * this server may call. A host that has no address now is told to `onUnresolved`, and without one it is a fault.
 * @throws SluiceError `invalid` naming every bad place
 */
export async function parseValidatorSettings(
  text: string,
  policy: OutboundPolicy,
  resolve: ResolveName = resolveName,
  onUnresolved?: (name: string, host: string) => void,
): Promise<readonly ValidatorEndpoint[]> {
  const settings = await readSettingsDocument(VALIDATORS, text);
  const issues: Issue[] = [];
  const endpoints: ValidatorEndpoint[] = [];
  for (const [name, given] of Object.entries(settings)) {
    const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const { url, secret, ...strangers } = asObject(given) ?? {};
    const found = await Promise.allSettled([
      checkOutboundUrl(url, policy, {
        resolve,
        path: `${path}/url`,
        onUnresolved: onUnresolved && ((host) => onUnresolved(name, host)),
      }),
      Promise.resolve().then(() => parseSigningSecret(secret, `${path}/secret`)),
    ]);
    for (const one of found) if (one.status === 'rejected') issues.push(...issuesOf(one.reason));
    for (const stranger of Object.keys(strangers))
      issues.push({ path: `${path}/${stranger}`, message: 'is not known; there are url and secret' });
    if (name === '') issues.push({ path, message: 'a validator must have a name' });
    const [checked, key] = found;
    if (checked.status === 'fulfilled' && key.status === 'fulfilled')
      endpoints.push({ name, url: checked.value, secret: key.value });
  }
  if (issues.length === 0) return endpoints;
  const all = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new SluiceError('invalid', `${VALIDATORS}: ${all}`, { issues });
}

/** Makes them known to the rollouts of one scope. Each plan's own deadline ends a request before the one of 10 minutes here does. */
export function registerHttpValidators(
  rollouts: Pick<RolloutManager, 'registerValidator'>,
  endpoints: readonly ValidatorEndpoint[],
  outbound: Omit<GuardedFetchOptions, 'deadlineMs'> & { readonly clock: Clock },
): void {
  const { clock } = outbound;
  const fetch = guardedFetch({ ...outbound, deadlineMs: LONGEST_VALIDATION_MS });
  for (const { name, ...endpoint } of endpoints) rollouts.registerValidator(name, httpValidator({ ...endpoint, fetch, clock }));
}

function issuesOf(error: unknown): readonly Issue[] {
  if (error instanceof SluiceError) return error.issues;
  throw error;
}
