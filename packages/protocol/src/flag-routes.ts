/** Flags: read, changed, killed, explained, scheduled. */
import type { FlagSettings } from '@sluice/core';
import { z } from 'zod';
import { editPreview, explanation, flagDetails, flagStats, scheduledEdit, staleFlag } from './flag-answers.ts';
import { pageOf, pageQuery } from './page.ts';
import { defineRoute } from './route.ts';
import { force, name, objectOf, percentage, reason, revision, settableInstant, unit } from './schema-parts.ts';

const E = '/api/v1/projects/:project/environments/:environment';
const settings = objectOf<FlagSettings>(
  'Settings of a flag; those left out stay. The JSON schema feature-flags.schema.json tells them',
);
const flag = { 200: flagDetails } as const;
const edit = { permission: 'flags.write', matchesRevision: true, answers: flag } as const;

export const FLAG_ROUTES = {
  'flags.list': defineRoute({
    method: 'GET',
    path: `${E}/flags`,
    permission: 'flags.read',
    summary: 'All flags in order of name, those that were archived left out',
    query: { ...pageQuery, tag: z.string().optional(), owner: z.string().optional(), q: z.string().optional() },
    answers: { 200: pageOf(flagDetails) },
  }),
  'flags.get': defineRoute({
    method: 'GET',
    path: `${E}/flags/:key`,
    permission: 'flags.read',
    isRecord: true,
    summary: 'One flag, also one that was archived',
    answers: flag,
  }),
  'flags.set': defineRoute({
    ...edit,
    method: 'PATCH',
    path: `${E}/flags/:key`,
    summary: 'Creates the flag or merges settings into it; with `If-None-Match: *` only creates it',
    body: { settings, reason, force },
  }),
  'flags.setPercentage': defineRoute({
    ...edit,
    method: 'PUT',
    path: `${E}/flags/:key/percentage`,
    summary: 'Sets the percentage of units that are in',
    body: { percentage, reason, force },
  }),
  'flags.enable': defineRoute({
    ...edit,
    method: 'POST',
    path: `${E}/flags/:key/enable`,
    summary: 'On for every eligible unit',
    body: { reason, force },
  }),
  'flags.kill': defineRoute({
    answers: flag,
    isRecord: true,
    permission: 'rollbacks.perform',
    method: 'POST',
    path: `${E}/flags/:key/kill`,
    summary:
      'The kill switch: off for everybody at once, the percentage kept. A protected environment wants a reason; nothing else refuses it, whatever the revision',
    body: { reason },
  }),
  'flags.unkill': defineRoute({
    ...edit,
    method: 'POST',
    path: `${E}/flags/:key/unkill`,
    summary: 'Undoes a kill: the flag is again what it was before',
    body: { reason },
  }),
  'flags.restoreRevision': defineRoute({
    ...edit,
    method: 'POST',
    path: `${E}/flags/:key/restore`,
    summary: 'Makes the flag again what it was at an earlier revision, as a new revision',
    body: { revision: z.int().min(1), reason, force },
  }),
  'flags.addUser': defineRoute({
    ...edit,
    method: 'PUT',
    path: `${E}/flags/:key/users/:user`,
    summary: 'On for this user whatever the percentage; lifts a targeted rollback',
    body: { reason },
  }),
  'flags.removeUser': defineRoute({
    ...edit,
    method: 'DELETE',
    path: `${E}/flags/:key/users/:user`,
    summary: 'The user is no longer enabled by name',
    query: { reason },
  }),
  'flags.addGroup': defineRoute({
    ...edit,
    method: 'PUT',
    path: `${E}/flags/:key/groups/:group`,
    summary: 'On for this group whatever the percentage',
    body: { reason },
  }),
  'flags.removeGroup': defineRoute({
    ...edit,
    method: 'DELETE',
    path: `${E}/flags/:key/groups/:group`,
    summary: 'The group is no longer enabled by name',
    query: { reason },
  }),
  'flags.archive': defineRoute({
    ...edit,
    method: 'POST',
    path: `${E}/flags/:key/archive`,
    summary: 'Takes the flag out of use for good; its key is not used again',
    body: { reason },
  }),
  'flags.explain': defineRoute({
    method: 'POST',
    path: `${E}/flags/:key/explain`,
    permission: 'flags.read',
    summary: 'Why a unit gets what it gets, step by step; counts as no evaluation and no exposure',
    body: { unit: unit.optional() },
    changes: false,
    answers: { 200: explanation },
  }),
  'flags.preview': defineRoute({
    method: 'POST',
    path: `${E}/flags/:key/preview`,
    permission: 'flags.read',
    summary:
      'What setting these would make of the flag and of some units, or why it would be refused; changes and counts nothing',
    body: { settings, units: z.array(unit).max(100).optional(), reason, force },
    changes: false,
    answers: { 200: editPreview },
  }),
  'flags.settings': defineRoute({
    method: 'GET',
    path: `${E}/flags/:key/settings`,
    permission: 'flags.read',
    summary: 'All settings of the flag, as they are set: now, or at an earlier revision that people made',
    query: { revision: z.coerce.number<string | number>().int().min(1).optional() },
    answers: { 200: z.object({ revision, settings }) },
  }),
  'flags.stats': defineRoute({
    method: 'GET',
    path: `${E}/flags/:key/stats`,
    permission: 'flags.read',
    summary: 'How often it was asked, by variant and by reason',
    answers: { 200: flagStats },
  }),
  'flags.stale': defineRoute({
    method: 'GET',
    path: `${E}/stale-flags`,
    permission: 'flags.read',
    summary: 'Flags that have outlived their use, and by what it shows',
    query: {
      unusedDays: z.coerce.number<string | number>().optional(),
      settledDays: z.coerce.number<string | number>().optional(),
      permanentTag: z.string().optional(),
    },
    answers: { 200: z.object({ flags: z.array(staleFlag) }) },
  }),
  'flags.scheduled': defineRoute({
    method: 'GET',
    path: `${E}/scheduled-edits`,
    permission: 'flags.read',
    summary: 'Edits that wait for their instant, the next first',
    query: { flag: name.optional() },
    answers: { 200: z.object({ edits: z.array(scheduledEdit) }) },
  }),
  'flags.schedule': defineRoute({
    method: 'POST',
    path: `${E}/flags/:key/scheduled-edits`,
    permission: 'flags.write',
    summary: 'Has settings set when the instant comes',
    body: { at: settableInstant, settings, reason },
    answers: { 201: scheduledEdit },
  }),
  'flags.cancelScheduled': defineRoute({
    method: 'DELETE',
    path: `${E}/scheduled-edits/:id`,
    permission: 'flags.write',
    summary: 'Cancels an edit that waits',
    query: { reason },
    answers: { 204: null },
  }),
} as const;
