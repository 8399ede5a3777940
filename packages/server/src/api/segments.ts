/** Segments over HTTP. */
import { pageFrom } from '../paging.ts';
import { found } from './found.ts';
import { type HandlersOf, wire } from './handler.ts';
import { within } from './within.ts';

export const SEGMENT_HANDLERS: HandlersOf<'segments'> = {
  'segments.list': ({ sluice, query }) => wire(pageFrom(sluice.flags.listSegments(), ({ name }) => name, query)),
  'segments.get': ({ sluice, params }) => wire(found(sluice.flags.getSegment(params.key), 'segment', params.key)),
  'segments.set': async ({ sluice, params, body, by }) =>
    wire(await within('/settings', () => sluice.flags.setSegment(params.key, body.settings, by))),
  'segments.addMembers': async ({ sluice, params, body, by }) =>
    wire(await sluice.flags.addSegmentMembers(params.key, body.userIds, by)),
  'segments.removeMembers': async ({ sluice, params, body, by }) =>
    wire(await sluice.flags.removeSegmentMembers(params.key, body.userIds, by)),
  'segments.delete': async ({ sluice, params, by }) => {
    await sluice.flags.deleteSegment(params.key, by);
    return undefined;
  },
};
