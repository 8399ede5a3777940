/** The log of a project as one sequence: its environments' events and its own, in the order in which they happened. */
import type { LoggedEvent, Scope } from '@sluice/core';
import type { Store } from 'sluice';

/** Events of one scope that are asked for at a time. */
const PAGE = 100;

/** Some of the events after `after`, in order of `seq` and with none left out; an empty list when there are none yet. */
export async function eventsAfter(store: Pick<Store, 'log'>, scopes: readonly Scope[], after: number): Promise<LoggedEvent[]> {
  const first = await pagesAfter(store, scopes, after);
  const upTo = knownUpTo(first);
  if (upTo <= after || scopes.length < 2) return merged(first, upTo);
  // Scopes are asked one after the other, so one that was asked early may have had an event since that comes before another's last. Now it shows.
  const second = await pagesAfter(store, scopes, after);
  return merged(second, Math.min(upTo, knownUpTo(second)));
}

function pagesAfter(store: Pick<Store, 'log'>, scopes: readonly Scope[], after: number): Promise<(readonly LoggedEvent[])[]> {
  return Promise.all(scopes.map((scope) => store.log({ scope, after, limit: PAGE })));
}

/** The last place of any event; but behind the end of a full page, events of its scope are not known. Zero when there is none. */
function knownUpTo(pages: readonly (readonly LoggedEvent[])[]): number {
  const ends = pages.map((page) => page.at(-1)?.seq ?? 0);
  const full = ends.filter((_, index) => pages[index]?.length === PAGE);
  return full.length === 0 ? Math.max(0, ...ends) : Math.min(...full);
}

function merged(pages: readonly (readonly LoggedEvent[])[], upTo: number): LoggedEvent[] {
  const events = pages.flat().filter(({ seq }) => seq <= upTo);
  return events.sort((a, b) => a.seq - b.seq);
}

/** The event with this place in the log; null when the scopes have none. */
export async function eventAt(store: Pick<Store, 'log'>, scopes: readonly Scope[], seq: number): Promise<LoggedEvent | null> {
  const found = await Promise.all(scopes.map((scope) => store.log({ scope, after: seq - 1, limit: 1 })));
  return found.flat().find((event) => event.seq === seq) ?? null;
}
