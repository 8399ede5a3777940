/** Reads an emergency back from where it was kept: a file that anybody may have written to. */
import { versionProblem } from '../component/version.ts';
import { isJsonObject } from '../json.ts';
import type { Emergency, EmergencyAct } from './emergency.ts';

/** The emergency, or what is wrong with `value` in words. */
export function parseEmergency(value: unknown): Emergency | { readonly problem: string } {
  if (!isJsonObject(value)) return { problem: 'it must be an object' };
  const { id, scope, key, at, seq, actor, reason } = value;
  for (const [name, text] of Object.entries({ id, key, actor }))
    if (typeof text !== 'string' || text === '') return { problem: `${name} must be a text that is not empty` };
  if (typeof reason !== 'string') return { problem: 'reason must be a text' };
  if (!isJsonObject(scope) || typeof scope.project !== 'string' || typeof scope.environment !== 'string')
    return { problem: 'scope must be { project, environment }' };
  if (!Number.isFinite(at)) return { problem: 'at must be milliseconds since 1970' };
  if (!Number.isInteger(seq) || Number(seq) < 0) return { problem: 'seq must be a whole number of 0 or more' };
  const act = parseEmergencyAct(value.act);
  if (act === null)
    return {
      problem: 'act must be { type: kill }, { type: rollback }, { type: toVersion, version } or { type: exclude, userIds }',
    };
  const { project, environment } = scope;
  const receipt = parseReceipt(value.receipt);
  if (receipt === null) return { problem: 'receipt must be { id, fingerprint }' };
  const known = { id, key, actor, reason, at, seq } as Omit<Emergency, 'scope' | 'act'>;
  return { ...known, scope: { project, environment }, act, ...receipt };
}

/** Null for what is no receipt; none need be there. */
function parseReceipt(value: unknown): Pick<Emergency, 'receipt'> | null {
  if (value === undefined) return {};
  if (!isJsonObject(value)) return null;
  const { id, fingerprint } = value;
  return typeof id === 'string' && id !== '' && typeof fingerprint === 'string' ? { receipt: { id, fingerprint } } : null;
}

/** Null for what is no act. */
export function parseEmergencyAct(value: unknown): EmergencyAct | null {
  if (!isJsonObject(value)) return null;
  if (value.type === 'kill' || value.type === 'rollback') return { type: value.type };
  const { userIds, version } = value;
  if (value.type === 'toVersion')
    return typeof version === 'string' && versionProblem(version) === null ? { type: 'toVersion', version } : null;
  const isNames = Array.isArray(userIds) && userIds.every((userId) => typeof userId === 'string' && userId !== '');
  return value.type === 'exclude' && isNames ? { type: 'exclude', userIds } : null;
}
