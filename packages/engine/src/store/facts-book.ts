/** Tallies and the unit ledger in memory. */
import {
  applyObservationDelta,
  applyUnitDelta,
  emptyTally,
  emptyTotals,
  isRebuildDue,
  type LedgerRow,
  mergeLooks,
  mergeTally,
  noteMetrics,
  type ObservationDelta,
  rebuildDimensions,
  rebuildMetric,
  rebuildPairs,
  refuseUnit,
  type Scope,
  type SubjectTotals,
  type Tally,
  type UnitDelta,
  type UnitValues,
  unitValuesOf,
} from '@sluice/core';
import type { FactsBatch, TallyDelta } from './store.ts';

/** Units over all subjects; beyond it new ones are refused and counted. */
export const LEDGER_CAP = 1_000_000;

/** One piece of all that a facts book holds, as JSON: first the sums, then the rows in portions. */
export type FactsDump =
  | {
      readonly type: 'sums';
      readonly instances: readonly (readonly [string, number])[];
      readonly tallies: readonly (readonly [string, Tally])[];
      readonly totals: readonly (readonly [string, SubjectTotals])[];
      /** Of tallies that may be forgotten, until when they are kept. */
      readonly keptUntil?: readonly (readonly [string, number])[];
      /** The same of instances. */
      readonly rememberedUntil?: readonly (readonly [string, number])[];
    }
  | { readonly type: 'rows'; readonly subject: string; readonly rows: readonly (readonly [string, LedgerRow])[] };

/** How many values took another's place since the last rebuild, and which metrics lost digits by it. */
interface Wear {
  replaced: number;
  readonly worn: Set<string>;
}

/** Rows of one piece: what is made into text without a pause. */
const PORTION = 2_000;

export class FactsBook {
  readonly #cap: number;
  readonly #instances = new Map<string, number>();
  readonly #rememberedUntil = new Map<string, number>();
  readonly #tallies = new Map<string, Tally>();
  readonly #keptUntil = new Map<string, number>();
  readonly #totals = new Map<string, SubjectTotals>();
  readonly #rows = new Map<string, Map<string, LedgerRow>>();
  readonly #wear = new Map<string, Wear>();
  #units = 0;

  constructor(cap = LEDGER_CAP) {
    this.#cap = cap;
  }

  /** False when the batch was added before. */
  add(batch: FactsBatch): boolean {
    if (!this.merge(batch)) return false;
    for (const subject of this.worn()) this.rebuild(subject);
    return true;
  }

  /** As `add`, but leaves it to the caller to rebuild what is `worn`, who may have to bring the rows first. */
  merge(batch: FactsBatch): boolean {
    if (batch.seq <= (this.#instances.get(batch.instanceId) ?? 0)) return false;
    this.#remember(batch);
    for (const delta of batch.tallies) this.#addTally(delta);
    if (batch.forgetBefore !== undefined) this.#forget(batch.forgetBefore);
    for (const delta of [...batch.units, ...batch.observations]) this.#note(batch.scope, delta);
    for (const delta of batch.units) this.#addUnit(batch.scope, delta);
    for (const delta of batch.observations) this.#addObservation(batch.scope, delta);
    for (const { subject, looks } of batch.looks ?? []) {
      const id = subjectId(batch.scope, subject);
      const totals = this.#totals.get(id) ?? emptyTotals();
      this.#totals.set(id, { ...totals, looks: mergeLooks(totals.looks, looks) });
    }
    return true;
  }

  #remember({ instanceId, seq, rememberUntil }: FactsBatch): void {
    this.#instances.set(instanceId, seq);
    if (rememberUntil === undefined) return;
    this.#rememberedUntil.set(instanceId, Math.max(this.#rememberedUntil.get(instanceId) ?? rememberUntil, rememberUntil));
  }

  #addTally({ scope, subject, tally, keepUntil }: TallyDelta): void {
    const id = subjectId(scope, subject);
    this.#tallies.set(id, mergeTally(this.#tallies.get(id) ?? emptyTally(), tally));
    if (keepUntil !== undefined) this.#keptUntil.set(id, Math.max(this.#keptUntil.get(id) ?? keepUntil, keepUntil));
  }

  #forget(before: number): void {
    for (const [id, until] of this.#keptUntil) {
      if (until >= before) continue;
      this.#keptUntil.delete(id);
      this.#tallies.delete(id);
    }
    for (const [instance, until] of this.#rememberedUntil) {
      if (until >= before) continue;
      this.#rememberedUntil.delete(instance);
      this.#instances.delete(instance);
    }
  }

  /** Subjects, by `subjectId`, whose sums lost digits or had many values replaced. */
  worn(): string[] {
    return [...this.#wear].filter(([id, wear]) => wear.worn.size > 0 || this.#isDue(id, wear)).map(([id]) => id);
  }

  #isDue(id: string, { replaced }: Wear): boolean {
    return isRebuildDue(this.#totals.get(id) ?? emptyTotals(), replaced);
  }

  /** Takes the sums of a subject anew from its rows, all of which the book must hold. Once per batch, because it walks them. */
  rebuild(id: string): void {
    const wear = this.#wear.get(id) ?? { replaced: 0, worn: new Set() };
    const totals = this.#totals.get(id) ?? emptyTotals();
    const isDue = this.#isDue(id, wear);
    const rows = this.#rows.get(id) ?? new Map<string, LedgerRow>();
    const names = isDue ? Object.keys(totals.metrics) : [...wear.worn];
    const rebuilt = names.reduce((sum, name) => rebuildMetric(sum, rows.values(), name), totals);
    this.#totals.set(id, names.length === 0 ? rebuilt : rebuildDimensions(rebuildPairs(rebuilt, rows.values()), rows.values()));
    if (isDue) wear.replaced = 0;
    wear.worn.clear();
  }

  /** How many values of a subject took another's place since its sums were last taken anew. */
  replaced(id: string): number {
    return this.#wear.get(id)?.replaced ?? 0;
  }

  /** Goes on counting from there. */
  restoreReplaced(id: string, replaced: number): void {
    this.#wear.set(id, { replaced, worn: new Set() });
  }

  row(id: string, unit: string): LedgerRow | undefined {
    return this.#rows.get(id)?.get(unit);
  }

  #note(scope: Scope, delta: UnitDelta | ObservationDelta): void {
    if (Object.keys(delta.metrics).length === 0) return;
    const id = subjectId(scope, delta.subject);
    this.#totals.set(id, noteMetrics(this.#totals.get(id) ?? emptyTotals(), delta));
  }

  #addUnit(scope: Scope, delta: UnitDelta): void {
    const id = subjectId(scope, delta.subject);
    const rows = this.#rows.get(id) ?? new Map<string, LedgerRow>();
    const totals = this.#totals.get(id) ?? emptyTotals();
    const row = rows.get(delta.unit);
    if (row === undefined && this.#units >= this.#cap) {
      this.#totals.set(id, refuseUnit(totals));
      return;
    }
    if (row === undefined) this.#units += 1;
    const applied = applyUnitDelta(totals, row, delta);
    rows.set(delta.unit, applied.row);
    this.#rows.set(id, rows);
    this.#totals.set(id, applied.totals);
    if (applied.replaced === 0 && applied.worn.length === 0) return;
    const wear = this.#wear.get(id) ?? { replaced: 0, worn: new Set<string>() };
    wear.replaced += applied.replaced;
    for (const name of applied.worn) wear.worn.add(name);
    this.#wear.set(id, wear);
  }

  #addObservation(scope: Scope, delta: ObservationDelta): void {
    const id = subjectId(scope, delta.subject);
    this.#totals.set(id, applyObservationDelta(this.#totals.get(id) ?? emptyTotals(), delta));
  }

  tally(scope: Scope, subject: string): Tally {
    return this.#tallies.get(subjectId(scope, subject)) ?? emptyTally();
  }

  /** Until when the tally of a subject, by `subjectId`, is of use; null for ever. */
  keptUntil(id: string): number | null {
    return this.#keptUntil.get(id) ?? null;
  }

  totals(scope: Scope, subject: string): SubjectTotals {
    return this.#totals.get(subjectId(scope, subject)) ?? emptyTotals();
  }

  /** By arm; null where there are too many. */
  unitValues(scope: Scope, subject: string, metric: string): UnitValues | null {
    const rows = this.#rows.get(subjectId(scope, subject)) ?? new Map<string, LedgerRow>();
    return unitValuesOf(this.totals(scope, subject), rows.values(), metric);
  }

  *dump(): Generator<FactsDump> {
    yield {
      type: 'sums',
      instances: [...this.#instances],
      tallies: [...this.#tallies],
      totals: [...this.#totals],
      keptUntil: [...this.#keptUntil],
      rememberedUntil: [...this.#rememberedUntil],
    };
    for (const [subject, rows] of this.#rows) {
      let portion: (readonly [string, LedgerRow])[] = [];
      for (const row of rows) {
        if (portion.push(row) < PORTION) continue;
        yield { type: 'rows', subject, rows: portion };
        portion = [];
      }
      if (portion.length > 0) yield { type: 'rows', subject, rows: portion };
    }
  }

  restore(dump: FactsDump): void {
    if (dump.type === 'rows') {
      const rows = this.#rows.get(dump.subject) ?? new Map<string, LedgerRow>();
      for (const [unit, row] of dump.rows) rows.set(unit, row);
      this.#rows.set(dump.subject, rows);
      this.#units += dump.rows.length;
      return;
    }
    for (const [id, seq] of dump.instances) this.#instances.set(id, seq);
    for (const [id, tally] of dump.tallies) this.#tallies.set(id, tally);
    for (const [id, until] of dump.keptUntil ?? []) this.#keptUntil.set(id, until);
    for (const [instance, until] of dump.rememberedUntil ?? []) this.#rememberedUntil.set(instance, until);
    // Totals that were kept before there were looks have none.
    for (const [id, totals] of dump.totals) this.#totals.set(id, { ...emptyTotals(), ...totals });
  }
}

/** Names a subject within a book. */
export function subjectId(scope: Scope, subject: string): string {
  return `${scope.project}\0${scope.environment}\0${subject}`;
}
