/** Flags of a file. */
import type { FlagDetails } from 'sluice';
import type { FileCallsOf } from './file-call.ts';
import { forced, found, onWire } from './on-wire.ts';

type Ids =
  | `flags.${'scheduled' | 'schedule' | 'cancelScheduled'}`
  | `segments.${'get' | 'set'}`
  | `flags.${'list' | 'get' | 'set' | 'setPercentage' | 'enable' | 'kill' | 'unkill' | 'archive' | 'explain' | 'stale'}`
  | `flags.${'addUser' | 'removeUser' | 'addGroup' | 'removeGroup' | 'stats' | 'restoreRevision'}`;

/** A kill goes through the break-glass journal beside the file where the file itself cannot be written. */
export const FLAG_CALLS: FileCallsOf<Ids> = {
  // A file's flags are one page: whoever follows cursors has all of them.
  'flags.list': async ({ sluice, input: { tag, owner, q } }) => {
    const isAskedFor = (flag: FlagDetails): boolean =>
      (tag === undefined || flag.tags.includes(tag)) &&
      (owner === undefined || flag.owner === owner) &&
      (q === undefined || `${flag.name}\n${flag.description}`.toLowerCase().includes(q.toLowerCase()));
    return onWire({ members: sluice.flags.listFlags().filter(isAskedFor), nextCursor: null });
  },
  'flags.get': async ({ sluice, input }) => onWire(found(sluice.flags.getFlag(input.key), 'flag', input.key)),
  'flags.set': async ({ sluice, input, by }) => onWire(await sluice.flags.setFlag(input.key, input.settings, forced(by, input))),
  'flags.setPercentage': async ({ sluice, input, by }) =>
    onWire(await sluice.flags.setRolloutPercentage(input.key, input.percentage, forced(by, input))),
  'flags.enable': async ({ sluice, input, by }) => onWire(await sluice.flags.enableFlag(input.key, forced(by, input))),
  'flags.kill': async ({ sluice, input, by }) => onWire(await sluice.flags.disableFlag(input.key, by)),
  'flags.unkill': async ({ sluice, input, by }) => onWire(await sluice.flags.restoreFlag(input.key, by)),
  'flags.restoreRevision': async ({ sluice, input, by }) =>
    onWire(await sluice.flags.restoreRevision(input.key, input.revision, forced(by, input))),
  'flags.archive': async ({ sluice, input, by }) => onWire(await sluice.flags.archiveFlag(input.key, by)),
  'flags.addUser': async ({ sluice, input, by }) => onWire(await sluice.flags.addUserToFlag(input.key, input.user, by)),
  'flags.removeUser': async ({ sluice, input, by }) => onWire(await sluice.flags.removeUserFromFlag(input.key, input.user, by)),
  'flags.addGroup': async ({ sluice, input, by }) => onWire(await sluice.flags.addGroupToFlag(input.key, input.group, by)),
  'flags.removeGroup': async ({ sluice, input, by }) =>
    onWire(await sluice.flags.removeGroupFromFlag(input.key, input.group, by)),
  'flags.explain': async ({ sluice, input }) => onWire(found(sluice.flags.explain(input.key, input.unit), 'flag', input.key)),
  'flags.stats': async ({ sluice, input }) => onWire(await sluice.flags.getFlagStats(input.key)),
  'flags.scheduled': async ({ sluice, input }) => onWire({ edits: sluice.flags.listScheduledEdits(input.flag) }),
  'flags.schedule': async ({ sluice, input: { key, settings, at }, by }) =>
    onWire(await sluice.flags.scheduleEdit(key, settings, { ...by, at })),
  'flags.cancelScheduled': async ({ sluice, input, by }) => {
    await sluice.flags.cancelScheduledEdit(input.id, by);
    return undefined;
  },
  'segments.get': async ({ sluice, input }) => onWire(found(sluice.flags.getSegment(input.key), 'segment', input.key)),
  'segments.set': async ({ sluice, input, by }) => onWire(await sluice.flags.setSegment(input.key, input.settings, by)),
  'flags.stale': async ({ sluice, input: { unusedDays, settledDays, permanentTag } }) => {
    const settings = {
      ...(unusedDays === undefined ? {} : { unusedDays: Number(unusedDays) }),
      ...(settledDays === undefined ? {} : { settledDays: Number(settledDays) }),
      ...(permanentTag === undefined ? {} : { permanentTags: [permanentTag] }),
    };
    return onWire({ flags: await sluice.flags.listStale(settings) });
  },
};
