/** What of the emergencies stands in the break-glass journal, and would outlive this process. */
import { type Emergency, SluiceError } from '@sluice/core';
import type { Clock } from '../clock/clock.ts';
import { answeredWithin, LATE } from '../clock/deadline.ts';
import { BreakGlassJournal } from './break-glass-journal.ts';

interface KeepingParts {
  /** Null: they stand in memory alone. */
  readonly file: string | null;
  readonly clock: Clock;
  /** How long a disk may take. */
  readonly deadlineMs: number;
}

export class KeptEmergencies {
  readonly #parts: KeepingParts;
  readonly #journal: BreakGlassJournal | null;
  readonly #kept = new Set<string>();

  constructor(parts: KeepingParts) {
    this.#parts = parts;
    this.#journal = parts.file === null ? null : new BreakGlassJournal(parts.file);
  }

  /** In the order in which they were asked for. A file that was being cleared holds older lines than the one beside it. */
  read(): ReturnType<BreakGlassJournal['read']> {
    const { emergencies, problems } = this.#journal?.read() ?? { emergencies: [], problems: [] };
    for (const { id } of emergencies) this.#kept.add(id);
    return { problems, emergencies: [...emergencies].sort((a, b) => a.at - b.at) };
  }

  has(id: string): boolean {
    return this.#kept.has(id);
  }

  /** Answers where it stands. @throws SluiceError `unavailable` when it cannot be kept, or is not in time */
  async keep(emergency: Emergency): Promise<string> {
    if (this.#journal === null) throw new SluiceError('unavailable', 'no break-glass file is configured');
    const { clock, deadlineMs } = this.#parts;
    // Also when it comes to stand there after the deadline.
    const appended = this.#journal.append(emergency).then(() => this.#kept.add(emergency.id));
    if ((await answeredWithin(clock, deadlineMs, appended)) === LATE)
      throw new SluiceError('unavailable', `${this.#journal.path} gave no answer within ${deadlineMs} ms`);
    return this.#journal.path;
  }

  /** A disk may have room again before the store answers. Never rejects. */
  async keepAgain(emergencies: Iterable<Emergency>): Promise<void> {
    if (this.#journal === null) return;
    for (const emergency of emergencies) if (!this.#kept.has(emergency.id)) await this.keep(emergency).catch(() => {});
  }

  /** @throws SluiceError `unavailable`, and then all of them stay */
  async remove(ids: ReadonlySet<string>): Promise<void> {
    await this.#journal?.remove(ids);
    for (const id of ids) this.#kept.delete(id);
  }
}
