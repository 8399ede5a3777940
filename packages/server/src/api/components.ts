/** Components over HTTP: what the registry knows. Instances are loaded by the processes that use them, not here. */
import type { VersionDetails } from 'sluice';
import { found } from './found.ts';
import { type HandlersOf, wire } from './handler.ts';

export const COMPONENT_HANDLERS: HandlersOf<'components'> = {
  'components.list': ({ sluice }) => {
    const components = sluice.flags.listFlags().filter(({ isComponent }) => isComponent);
    return {
      components: components.map(({ name, offVariant, variants }) => ({
        name,
        stableVersion: offVariant,
        versionCount: Object.keys(variants).length,
      })),
    };
  },
  'components.versions': ({ sluice, params }) => {
    const versions = sluice.hotSwap.versions(params.component);
    found(versions[0], 'component', params.component);
    return wire({ versions: versions.map(registered) });
  },
  'components.register': async ({ sluice, params, body, by }) =>
    wire(registered(await sluice.hotSwap.registerVersion(params.component, body.version, undefined, by))),
  'components.swap': async ({ sluice, params, body, by }) =>
    wire(await sluice.hotSwap.swapTo(params.component, body.version, by)),
  'components.retire': async ({ sluice, params, by }) => {
    await sluice.hotSwap.retireVersion(params.component, params.version, by);
    return undefined;
  },
};

/** How the version stands in this process says nothing of the processes that use it. */
export function registered({ state: _state, leases: _leases, lastError: _lastError, ...known }: VersionDetails) {
  return known;
}
