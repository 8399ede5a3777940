/** Flags over HTTP. */
import type { FlagDetails } from 'sluice';
import { pageFrom } from '../paging.ts';
import { found } from './found.ts';
import { type HandlersOf, wire } from './handler.ts';
import { asSent, within } from './within.ts';

export const FLAG_HANDLERS: HandlersOf<'flags'> = {
  'flags.list': ({ sluice, query }) => {
    const flags = sluice.flags.listFlags().filter((flag) => isAskedFor(flag, query));
    return wire(pageFrom(flags, ({ name }) => name, query));
  },
  'flags.get': ({ sluice, params }) => wire(found(sluice.flags.getFlag(params.key), 'flag', params.key)),
  'flags.set': async ({ sluice, params, body, by }) =>
    wire(await within('/settings', () => sluice.flags.setFlag(params.key, body.settings, forced(by, body)))),
  'flags.setPercentage': async ({ sluice, params, body, by }) =>
    wire(
      await asSent({ '/rolloutPercentage': '/percentage' }, () =>
        sluice.flags.setRolloutPercentage(params.key, body.percentage, forced(by, body)),
      ),
    ),
  'flags.enable': async ({ sluice, params, body, by }) => wire(await sluice.flags.enableFlag(params.key, forced(by, body))),
  'flags.kill': async ({ sluice, params, by }) => wire(await sluice.flags.disableFlag(params.key, by)),
  'flags.unkill': async ({ sluice, params, by }) => wire(await sluice.flags.restoreFlag(params.key, by)),
  'flags.restoreRevision': async ({ sluice, params, body, by }) =>
    wire(await sluice.flags.restoreRevision(params.key, body.revision, forced(by, body))),
  'flags.addUser': async ({ sluice, params, by }) => wire(await sluice.flags.addUserToFlag(params.key, params.user, by)),
  'flags.removeUser': async ({ sluice, params, by }) => wire(await sluice.flags.removeUserFromFlag(params.key, params.user, by)),
  'flags.addGroup': async ({ sluice, params, by }) => wire(await sluice.flags.addGroupToFlag(params.key, params.group, by)),
  'flags.removeGroup': async ({ sluice, params, by }) =>
    wire(await sluice.flags.removeGroupFromFlag(params.key, params.group, by)),
  'flags.archive': async ({ sluice, params, by }) => wire(await sluice.flags.archiveFlag(params.key, by)),
  'flags.explain': ({ sluice, params, body }) => wire(found(sluice.flags.explain(params.key, body.unit), 'flag', params.key)),
  'flags.preview': ({ sluice, params, body: { settings, units, reason, force } }) =>
    wire(
      sluice.flags.previewEdit(params.key, settings, {
        ...(units === undefined ? {} : { units }),
        ...(reason === undefined ? {} : { reason }),
        ...(force === undefined ? {} : { force }),
      }),
    ),
  'flags.settings': async ({ sluice, params, query: { revision } }) => {
    const settings = await sluice.flags.settingsOf(params.key, revision);
    const kept = found(sluice.flags.getFlag(params.key), 'flag', params.key).revision;
    return wire({ revision: revision ?? kept, settings });
  },
  'flags.stats': async ({ sluice, params }) => wire(await sluice.flags.getFlagStats(params.key)),
  'flags.stale': async ({ sluice, query: { unusedDays, settledDays, permanentTag } }) => {
    const settings = {
      ...(unusedDays === undefined ? {} : { unusedDays }),
      ...(settledDays === undefined ? {} : { settledDays }),
      ...(permanentTag === undefined ? {} : { permanentTags: [permanentTag] }),
    };
    const places = { '/unusedDays': 'query unusedDays', '/settledDays': 'query settledDays' };
    return wire({ flags: await asSent(places, () => sluice.flags.listStale(settings)) });
  },
  'flags.scheduled': ({ sluice, query }) => wire({ edits: sluice.flags.listScheduledEdits(query.flag) }),
  'flags.schedule': async ({ sluice, params, body, by }) =>
    wire(await within('', () => sluice.flags.scheduleEdit(params.key, body.settings, { ...by, at: body.at }))),
  'flags.cancelScheduled': async ({ sluice, params, by }) => {
    await sluice.flags.cancelScheduledEdit(params.id, by);
    return undefined;
  },
};

/** `force` only where it was said: not every edit takes it. */
export function forced<By extends object>(
  by: By,
  { force }: { readonly force?: boolean | undefined },
): By & { readonly force?: boolean } {
  return force === undefined ? by : { ...by, force };
}

interface FlagFilter {
  readonly tag?: string | undefined;
  readonly owner?: string | undefined;
  readonly q?: string | undefined;
}

function isAskedFor(flag: FlagDetails, { tag, owner, q }: FlagFilter): boolean {
  return (
    (tag === undefined || flag.tags.includes(tag)) &&
    (owner === undefined || flag.owner === owner) &&
    (q === undefined || `${flag.name}\n${flag.description}`.toLowerCase().includes(q.toLowerCase()))
  );
}
