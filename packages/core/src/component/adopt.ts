/** What an edit of the flag file by hand means for components: one that is new is registered whole, and of the others no version comes or goes. */
import type { Issue } from '../error.ts';
import { type Attribution, eventOf, type SluiceEvent } from '../event.ts';
import type { Flag } from '../flag/flag.ts';
import type { FileFlag } from '../flag/flag-file.ts';
import { jsonEqual } from '../json.ts';
import type { Component } from './component.ts';

/** What `written` says of the flag `before` that only the registry may say; `path` is that of the flag in the file. */
export function registryIssues(before: Flag | undefined, written: FileFlag, path: string): Issue[] {
  if (before === undefined) return [];
  if (written.isComponent !== before.isComponent) {
    const message = before.isComponent
      ? 'must stay true: a component stays one'
      : 'must not appear: a flag does not become a component';
    return [{ path: `${path}/component`, message }];
  }
  if (!before.isComponent || jsonEqual(written.variants?.values, before.variants)) return [];
  const versions = Object.keys(before.variants).join(', ');
  return [
    {
      path: `${path}/variants/values`,
      message: `must be the registered versions (${versions}); registerVersion and retireVersion change them, not the file`,
    },
  ];
}

/** The registry of a component that came with the file, with its event. */
export function adoptedComponent(flag: Flag, by: Attribution, now: number): { record: Component; event: SluiceEvent } {
  const versions = Object.keys(flag.variants).map((version) => ({
    version,
    build: null,
    registeredAt: now,
    registeredBy: by.actor,
    retiredAt: null,
  }));
  const record: Component = { kind: 'component', scope: flag.scope, key: flag.key, revision: 1, versions };
  return {
    record,
    event: eventOf('component.registered', record, by, now, { versions: versions.map(({ version }) => version) }),
  };
}
