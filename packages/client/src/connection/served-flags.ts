/** The flags of a snapshot, ready to be asked, kept current from one snapshot to the next: what did not change is not made anew. */
import {
  type AskedDimensions,
  askedOf,
  type CompiledFlag,
  compileFlag,
  type Flag,
  type FlagHolder,
  FlagTable,
  jsonEqual,
  type MemberSet,
  type MeteredFlag,
  type Override,
  overriddenFlag,
  placeholderFlag,
  type Scope,
  SegmentMatchers,
  SluiceError,
  type Snapshot,
  type SnapshotSegment,
  servedFlags,
  sharedConditions,
  unreadableFlag,
} from '@sluice/core';
import { hasGroupOf, withDependents } from './dependents.ts';

/** A flag that the process asks, with what is counted of it since the last report. */
export interface ServedFlag extends MeteredFlag {
  compiled: CompiledFlag;
  /** Whether it answered since its meter was last drained. */
  isDirty: boolean;
  /** Whether a test or rollout wants to know of the units that it serves. */
  isWatched: boolean;
  /** The attributes of units that its test asks for. */
  dimensions: readonly string[];
}

/** Stands in for the scope of a flag that is overridden before there is a snapshot. */
const NO_SCOPE: Scope = { project: '', environment: '' };

export class ServedFlags {
  /** Archived ones are none; `get` of a name is all that an evaluation reads. */
  readonly byKey = new Map<string, ServedFlag>();
  readonly memberSets = new Map<string, MemberSet>();
  readonly segments = new SegmentMatchers((id) => this.memberSets.get(id));
  readonly #conditions = sharedConditions(this.segments);
  readonly #holders = new Map<string, FlagHolder>();
  /** As the server has them, emergencies taken in. */
  readonly #kept = new Map<string, Flag>();
  readonly #keptSegments = new Map<string, SnapshotSegment>();
  #asked: AskedDimensions | undefined;
  readonly #overrides = new Map<string, Override>();
  /** Flags that are served as off because what is known of them is too old. */
  readonly #shut = new Set<string>();
  readonly #beforeFlag: (served: ServedFlag) => void;
  readonly #onProblem: (error: SluiceError) => void;
  #table: FlagTable | null = null;

  /** `beforeFlag` is called before a flag is replaced or goes, so that what it counted is not lost. */
  constructor(beforeFlag: (served: ServedFlag) => void, onProblem: (error: SluiceError) => void) {
    this.#beforeFlag = beforeFlag;
    this.#onProblem = onProblem;
  }

  /** The keys of the flags that are, or may be, served otherwise than before. @throws SluiceError `unavailable` when a member set is missing */
  become(snapshot: Snapshot): ReadonlySet<string> {
    const segments = this.#changedSegments(snapshot.segments);
    const flipped = this.segments.apply(segments);
    for (const segment of segments)
      if (segment.deletedAt === null) this.#keptSegments.set(segment.key, segment);
      else this.#keptSegments.delete(segment.key);
    const changed = new Set<string>();
    this.#ask(snapshot.dimensions);
    const flags = servedFlags(snapshot);
    for (const flag of flags) {
      const before = this.#kept.get(flag.key);
      const isSame = before !== undefined && (before === flag || jsonEqual(before, flag));
      if (!isSame) changed.add(flag.key);
      if (!isSame || hasGroupOf(flag, flipped)) this.#take(flag);
    }
    const here = new Set(flags.map(({ key }) => key));
    for (const key of [...this.#kept.keys()]) {
      if (here.has(key)) continue;
      changed.add(key);
      this.#drop(key);
    }
    return withDependents(changed, new Set(segments.map(({ key }) => key)), snapshot);
  }

  #ask(dimensions: AskedDimensions | undefined): void {
    const before = this.#asked;
    this.#asked = dimensions;
    for (const key of Object.keys({ ...before, ...dimensions })) {
      const served = this.byKey.get(key);
      if (served !== undefined) served.dimensions = askedOf(dimensions, key);
    }
  }

  #changedSegments(next: readonly SnapshotSegment[]): SnapshotSegment[] {
    const here = new Set(next.map(({ key }) => key));
    const gone = [...this.#keptSegments.values()].filter(({ key }) => !here.has(key));
    const changed = next.filter((segment) => {
      const before = this.#keptSegments.get(segment.key);
      return before === undefined || (before !== segment && !jsonEqual(before, segment));
    });
    return [...changed, ...gone.map((segment) => ({ ...segment, members: [], deletedAt: segment.updatedAt }))];
  }

  #take(flag: Flag): void {
    this.#kept.set(flag.key, flag);
    this.#serve(flag);
  }

  #serve(flag: Flag): void {
    this.#table = null;
    const override = this.#overrides.get(flag.key);
    const overridden = override === undefined ? null : overriddenFlag(flag, override);
    const shut: Flag = this.#shut.has(flag.key) ? { ...flag, status: 'disabled' } : flag;
    const made = this.#compiled(overridden ?? shut);
    if (made === null) return;
    const compiled: CompiledFlag = overridden === null ? made : { ...made, isOverridden: true };
    const holder = this.#holders.get(flag.key);
    if (holder !== undefined) holder.compiled = compiled;
    const served = this.byKey.get(flag.key);
    if (served === undefined) {
      const dimensions = askedOf(this.#asked, flag.key);
      this.byKey.set(flag.key, { compiled, meter: null, isDirty: false, isWatched: isWatched(flag), dimensions });
      return;
    }
    this.#beforeFlag(served);
    served.compiled = compiled;
    served.isWatched = isWatched(flag);
    served.meter?.follow(compiled);
  }

  /** What this version does not understand goes on as it was, which null says, or answers the fallback; the others are none the worse. */
  #compiled(flag: Flag): CompiledFlag | null {
    try {
      return compileFlag(flag, this.#conditions, (key) => this.#holderOf(key), this.segments);
    } catch (cause) {
      const message = `flag "${flag.key}" at revision ${flag.revision} cannot be understood, and is served as it was before, if it was`;
      this.#onProblem(new SluiceError('invalid', message, { cause }));
      return this.byKey.has(flag.key) ? null : unreadableFlag(flag);
    }
  }

  #drop(key: string): void {
    const flag = this.#kept.get(key);
    this.#kept.delete(key);
    const override = this.#overrides.get(key);
    if (flag !== undefined && override !== undefined) this.#serve(placeholderFlag(key, flag.scope, override));
    else this.#forget(key);
  }

  #forget(key: string): void {
    this.#table = null;
    const served = this.byKey.get(key);
    if (served !== undefined) this.#beforeFlag(served);
    this.byKey.delete(key);
    const holder = this.#holders.get(key);
    if (holder !== undefined) holder.compiled = null;
  }

  #holderOf(key: string): FlagHolder {
    const found = this.#holders.get(key) ?? { compiled: this.byKey.get(key)?.compiled ?? null };
    this.#holders.set(key, found);
    return found;
  }

  /** Every flag. The table stays as it is when flags change; ask again to see the change. */
  table(): FlagTable {
    this.#table ??= new FlagTable(Array.from(this.byKey.values(), ({ compiled }) => compiled));
    return this.#table;
  }

  /** The variants that a flag of this name has; empty for one that is not there. */
  variantsOf(key: string): readonly string[] {
    return Object.keys(this.#kept.get(key)?.variants ?? {});
  }

  /** Serves everybody this whatever is kept; null serves what is kept again. */
  override(key: string, value: Override | null): void {
    if (value === null) this.#overrides.delete(key);
    else this.#overrides.set(key, value);
    const flag = this.#kept.get(key);
    if (flag !== undefined) this.#serve(flag);
    else if (value !== null) this.#serve(placeholderFlag(key, NO_SCOPE, value));
    else this.#forget(key);
  }

  overrides(): Readonly<Record<string, Override>> {
    return Object.fromEntries(this.#overrides);
  }

  /** Serves these as off, and every other as it is kept. The keys of those that this changes. */
  shutOnly(keys: ReadonlySet<string>): ReadonlySet<string> {
    const changed = new Set([...this.#shut, ...keys].filter((key) => this.#shut.has(key) !== keys.has(key)));
    for (const key of changed) {
      if (keys.has(key)) this.#shut.add(key);
      else this.#shut.delete(key);
      const flag = this.#kept.get(key);
      if (flag !== undefined) this.#serve(flag);
    }
    return changed;
  }
}

function isWatched({ shareOwner }: Flag): boolean {
  return shareOwner !== null;
}
