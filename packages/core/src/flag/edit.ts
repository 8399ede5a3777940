/** What people and the controller may do to a flag. Each edit answers the flag after it: the very same object when nothing changed, or why not. */
import { isRefusal, type Refusal, refuse } from '../error.ts';
import { jsonEqual } from '../json.ts';
import type { Scope } from '../scope.ts';
import { type Share, shareToPercentage, WHOLE_SHARE } from '../share.ts';
import { type Allocation, BOOLEAN_VARIANTS, type Flag, type ShareOwner } from './flag.ts';
import { tooManyNames } from './flag-limits.ts';
import { applySettings } from './merge-settings.ts';
import type { ParsedSettings } from './settings.ts';

export type FlagEdit =
  | { readonly type: 'set'; readonly settings: ParsedSettings; readonly force: boolean }
  | { readonly type: 'enable'; readonly force: boolean }
  | { readonly type: 'disable' }
  | { readonly type: 'restore' }
  | { readonly type: 'setShare'; readonly share: Share; readonly force: boolean }
  | { readonly type: 'addUser' | 'removeUser'; readonly userId: string }
  | { readonly type: 'addGroup' | 'removeGroup'; readonly group: string }
  /** Excludes the units by name until `addUser` lifts it. */
  | { readonly type: 'exclude'; readonly userIds: readonly string[] }
  | { readonly type: 'archive' }
  /** What a rollout or experiment writes; `owner` is who may move the share from now on. */
  | { readonly type: 'allocate'; readonly allocation: Allocation; readonly owner: ShareOwner | null };

/** Shared by all flags: ten thousand empty lists would be a megabyte. */
const NONE: readonly never[] = Object.freeze([]);
const NO_CONDITION: Flag['conditions'] = Object.freeze({});

/** A flag that nobody has set yet: disabled at 0 %. It has revision 0 until it is kept. */
export function newFlag(key: string, scope: Scope, now: number): Flag {
  return {
    kind: 'flag',
    scope,
    key,
    revision: 0,
    description: '',
    isComponent: false,
    status: 'disabled',
    share: 0,
    variants: BOOLEAN_VARIANTS,
    offVariant: 'off',
    onVariant: 'on',
    split: NONE,
    stageGroups: NONE,
    enabledUsers: NONE,
    enabledGroups: NONE,
    disabledUsers: NONE,
    disabledGroups: NONE,
    conditions: NO_CONDITION,
    rules: NONE,
    prerequisites: NONE,
    bucketBy: null,
    salt: key,
    owner: null,
    tags: NONE,
    expiresAt: null,
    shareOwner: null,
    statusBeforeKill: null,
    archivedAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** The next revision of `flag`, `flag` itself if the edit changes nothing, or a refusal. */
export function editFlag(flag: Flag, edit: FlagEdit, now: number): Flag | Refusal {
  if (flag.archivedAt !== null) return refuse(`flag "${flag.key}" is archived; an archived key is not used again`);
  const owned = ownerRefusal(flag, edit);
  if (owned !== null) return owned;
  const edited = applyEdit(flag, edit, now);
  if (isRefusal(edited)) return edited;
  return jsonEqual(flag, edited) ? flag : { ...edited, revision: flag.revision + 1, updatedAt: now };
}

function applyEdit(flag: Flag, edit: FlagEdit, now: number): Flag | Refusal {
  switch (edit.type) {
    case 'set':
      return applySettings(flag, edit.settings);
    case 'enable':
      return { ...flag, status: 'enabled', share: WHOLE_SHARE, statusBeforeKill: null };
    case 'disable':
      return flag.status === 'disabled' ? flag : { ...flag, status: 'disabled', statusBeforeKill: flag.status };
    case 'restore':
      return flag.status === 'disabled'
        ? { ...flag, status: flag.statusBeforeKill ?? 'percentage', statusBeforeKill: null }
        : flag;
    case 'setShare':
      return { ...flag, share: edit.share, status: flag.status === 'disabled' ? 'disabled' : 'percentage', ...keptKill(flag) };
    case 'archive':
      return { ...flag, archivedAt: now };
    case 'allocate':
      return { ...flag, ...edit.allocation, shareOwner: edit.owner, statusBeforeKill: null };
    default:
      return withMembers(flag, edit);
  }
}

/** A killed flag whose share is set comes back at that share, and not as enabled for all. */
function keptKill(flag: Flag): Pick<Flag, 'statusBeforeKill'> {
  return { statusBeforeKill: flag.status === 'disabled' ? 'percentage' : null };
}

type MemberEdit = Extract<FlagEdit, { type: 'addUser' | 'removeUser' | 'addGroup' | 'removeGroup' | 'exclude' }>;

/** Whoever is excluded is, however many there are. */
function withMembers(flag: Flag, edit: MemberEdit): Flag | Refusal {
  const edited = { ...flag, ...editedMembers(flag, edit) };
  const problem = tooManyNames(edit.type === 'addUser' ? edited.enabledUsers : edited.enabledGroups, false);
  return problem === null ? edited : refuse(`flag "${flag.key}": ${problem}`);
}

function editedMembers(flag: Flag, edit: MemberEdit): Partial<Flag> {
  switch (edit.type) {
    case 'addUser':
      return { enabledUsers: added(flag.enabledUsers, [edit.userId]), disabledUsers: removed(flag.disabledUsers, edit.userId) };
    case 'removeUser':
      return { enabledUsers: removed(flag.enabledUsers, edit.userId) };
    case 'addGroup':
      return { enabledGroups: added(flag.enabledGroups, [edit.group]), disabledGroups: removed(flag.disabledGroups, edit.group) };
    case 'removeGroup':
      return { enabledGroups: removed(flag.enabledGroups, edit.group) };
    case 'exclude':
      return { disabledUsers: added(flag.disabledUsers, edit.userIds) };
  }
}

function added(list: readonly string[], names: readonly string[]): readonly string[] {
  const fresh = [...new Set(names)].filter((name) => !list.includes(name));
  return fresh.length === 0 ? list : [...list, ...fresh];
}

function removed(list: readonly string[], name: string): readonly string[] {
  return list.includes(name) ? list.filter((member) => member !== name) : list;
}

/** A share has one owner at a time. Membership is free, and a kill is never refused. */
function ownerRefusal(flag: Flag, edit: FlagEdit): Refusal | null {
  if (flag.shareOwner === null || !movesShare(flag, edit) || ('force' in edit && edit.force)) return null;
  const { kind, key } = flag.shareOwner;
  const name = kind === 'rollout' ? `the rollout of "${key}"` : `the test "${key}"`;
  const end = `end that first (${kind === 'rollout' ? 'abortRollout' : 'stopTest'})`;
  const force =
    kind === 'rollout'
      ? 'pass force: true to override and hold it'
      : 'pass force: true, and it counts nothing until its split is back';
  return refuse(
    `flag "${flag.key}": its share of ${shareToPercentage(flag.share)} % is moved by ${name}; ${end}${'force' in edit ? `, or ${force}` : ''}`,
    'conflict',
  );
}

function movesShare(flag: Flag, edit: FlagEdit): boolean {
  if (edit.type === 'set') return edit.settings.movesShare && !kills(edit.settings);
  return (
    edit.type === 'enable' ||
    edit.type === 'setShare' ||
    edit.type === 'archive' ||
    (edit.type === 'restore' && flag.status === 'disabled')
  );
}

/** With a kill the owner ends, so what else the settings move is nobody's any more. */
function kills(settings: ParsedSettings): boolean {
  return settings.enabled === false || settings.status === 'disabled';
}

/** Whether the settings disable the flag and say nothing else: then they are the kill switch. */
export function isKillAlone(settings: ParsedSettings): boolean {
  return kills(settings) && settings.share === null && Object.keys(settings.fields).length === 0;
}
