/** Which flags are looked for: it stands in the address, so that a link shows the same, and whoever comes back from a flag finds what was found. */
import { useState } from 'react';
import { useLocation } from 'react-router';
import type { Flag } from '../api/answers.ts';

export const STATES = ['all', 'on', 'part', 'off'] as const;
export type State = (typeof STATES)[number];

export interface Search {
  /** Part of a name, a description, an owner or a tag; empty for all. */
  readonly text: string;
  readonly state: State;
}

/** Past the router: it would draw the whole page at each letter that is typed. */
export function useFlagSearch(): readonly [Search, (changed: Partial<Search>) => void] {
  const { key, search: inAddress } = useLocation();
  const [search, setSearch] = useState(() => searchIn(inAddress));
  const [shownFor, setShownFor] = useState(key);
  // Whoever goes to an address, be it the same one, is shown what it says.
  if (shownFor !== key) {
    setShownFor(key);
    setSearch(searchIn(inAddress));
  }
  const change = (changed: Partial<Search>): void => {
    const next = { ...search, ...changed };
    setSearch(next);
    history.replaceState(history.state, '', addressOf(next));
  };
  return [search, change];
}

export function isFound(flag: Flag, { text, state }: Search): boolean {
  const { name, description, owner, tags } = flag;
  if (state !== 'all' && stateOf(flag) !== state) return false;
  const wanted = text.trim().toLowerCase();
  return wanted === '' || [name, description, owner ?? '', ...tags].some((part) => part.toLowerCase().includes(wanted));
}

/** As its badge says: a share of 100 % is on, too. */
function stateOf({ status, servedPercentage }: Flag): State {
  if (status === 'disabled') return 'off';
  return status === 'enabled' || (status === 'percentage' && servedPercentage === 100) ? 'on' : 'part';
}

function searchIn(address: string): Search {
  const said = new URLSearchParams(address);
  return { text: said.get('find') ?? '', state: STATES.find((state) => state === said.get('state')) ?? 'all' };
}

function addressOf({ text, state }: Search): string {
  const said = new URLSearchParams();
  if (text !== '') said.set('find', text);
  if (state !== 'all') said.set('state', state);
  return `${location.pathname}?${said}`.replace(/\?$/, '');
}
