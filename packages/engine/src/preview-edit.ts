/** What an edit would make of a flag, and of units: decided as the edit itself is, and kept nowhere. */
import {
  type CompiledFlag,
  type Explanation,
  explainCompiled,
  type Flag,
  type FlagSettings,
  type Issue,
  isKillAlone,
  isRefusal,
  parseFlagSettings,
  planFlagEdit,
  type Refusal,
  restoredSettings,
  SluiceError,
  type Unit,
} from '@sluice/core';
import { checkOptions } from './mutation.ts';
import { nameOf } from './names.ts';
import type { Runtime } from './runtime.ts';

export interface PreviewOptions {
  /** As it would be given with the edit; left out, it is taken as still to be given. */
  readonly reason?: string;
  /** As of `setFlag`. */
  readonly force?: boolean;
  /** Units of which to say what they get now and would get; at most 100. */
  readonly units?: readonly Unit[];
}

export interface EditPreview {
  /** Of the flag that the edit was decided on; 0 when there is none. */
  readonly revision: number;
  /** All settings of the flag as it is; null when there is none. */
  readonly before: FlagSettings | null;
  /** All settings as they would be, also where only the protection of the environment refuses; null where there is nothing that could be. */
  readonly after: FlagSettings | null;
  /** Why the edit would not be made; null when it would. Paths of issues are JSON pointers into the settings. */
  readonly refusal: PreviewRefusal | null;
  /** In the order of `options.units`. */
  readonly units: readonly PreviewedUnit[];
}

export interface PreviewRefusal {
  readonly code: Refusal['code'];
  readonly message: string;
  readonly issues: readonly Issue[];
}

/** Null where there is no flag to ask. */
export interface PreviewedUnit {
  readonly before: UnitOutcome | null;
  readonly after: UnitOutcome | null;
}

export interface UnitOutcome {
  /** Null where the fallback is served. */
  readonly variant: string | null;
  /** Whether it is served a variant other than off. */
  readonly isIn: boolean;
  readonly reason: Explanation['reason'];
  /** The step that decides, as a sentence. */
  readonly message: string;
}

export const MAX_PREVIEWED_UNITS = 100;

/** @throws SluiceError `invalid` for a name that is none and too many units: what is wrong with the settings is answered */
export function previewEdit(runtime: Runtime, name: string, settings: FlagSettings, options: PreviewOptions): EditPreview {
  const key = nameOf(name, 'flag name');
  checkOptions(`previewEdit("${key}")`, options, ['reason', 'force', 'units']);
  const { units = [] } = options;
  if (!Array.isArray(units) || units.length > MAX_PREVIEWED_UNITS) {
    const message = `must be a list of at most ${MAX_PREVIEWED_UNITS} units`;
    throw new SluiceError('invalid', `flag "${key}": /units ${message}`, { issues: [{ path: '/units', message }] });
  }
  const { view } = runtime;
  const flag = view.flag(key);
  const { after, refusal } = planned(runtime, key, settings, options);
  const [now, then] = [flag, after ?? flag].map((asked) => (asked === undefined ? null : view.compiled(asked)));
  const outcome = (compiled: CompiledFlag | null | undefined, unit: Unit): UnitOutcome | null =>
    compiled == null ? null : outcomeOf(explainCompiled(compiled, unit, view.segments), compiled.flag);
  return {
    revision: flag?.revision ?? 0,
    before: flag === undefined ? null : restoredSettings(flag),
    after: after === null ? null : restoredSettings(after),
    refusal,
    units: units.map((unit: Unit) => ({ before: outcome(now, unit), after: outcome(then, unit) })),
  };
}

interface Planned {
  readonly after: Flag | null;
  readonly refusal: PreviewRefusal | null;
}

function planned(runtime: Runtime, key: string, settings: FlagSettings, { reason, force = false }: PreviewOptions): Planned {
  const { view, clock } = runtime;
  const flag = view.flag(key);
  try {
    const parsed = parseFlagSettings(key, settings);
    const isKill = isKillAlone(parsed) && flag !== undefined && flag.status !== 'disabled';
    const edit = isKill ? ({ type: 'disable' } as const) : ({ type: 'set', settings: parsed, force } as const);
    const by = { actor: 'preview', reason: reason ?? 'still to be given' };
    const change = planFlagEdit(view.facts(key), edit, by, clock.now());
    if (change === null) return { after: flag ?? null, refusal: null };
    if (isRefusal(change)) return { after: null, refusal: shownRefusal(change) };
    const after = change.records.find((record): record is Flag => record.kind === 'flag' && record.key === key) ?? null;
    const forbidden = runtime.forbids(change);
    return { after, refusal: forbidden === null ? null : shownRefusal(forbidden) };
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'invalid') throw error;
    return { after: null, refusal: { code: error.code, message: error.message, issues: error.issues } };
  }
}

function shownRefusal({ code, refused, issues = [] }: Refusal): PreviewRefusal {
  return { code, message: refused, issues };
}

function outcomeOf({ variant, reason, steps }: Explanation, { offVariant }: Flag): UnitOutcome {
  const decided = steps.find(({ outcome }) => outcome === 'decided');
  return { variant, isIn: variant !== null && variant !== offVariant, reason, message: decided?.message ?? '' };
}
