/** Users whom one tries edits on: kept in this browser, so that they are there for the next flag. */
import { useLocalStorage } from '@mantine/hooks';
import type { Unit } from '@sluice/core';

export interface TriedUnits {
  readonly userIds: readonly string[];
  readonly groups: readonly string[];
  /** As it is typed. */
  readonly attributes: string;
}

/** More than the server previews at once would be refused. */
export const MOST_TRIED = 100;

const FIRST: TriedUnits = { userIds: Array.from({ length: 12 }, (_, index) => `user-${index + 1}`), groups: [], attributes: '' };

export function useTriedUnits(): readonly [TriedUnits, (tried: TriedUnits) => void] {
  const [tried, setTried] = useLocalStorage<TriedUnits>({ key: 'sluice-tried-users', defaultValue: FIRST });
  return [tried, setTried];
}

/** The attributes that they have, or why the text says none. */
export function attributesOf(text: string): { readonly attributes: Record<string, unknown> } | { readonly problem: string } {
  if (text.trim() === '') return { attributes: {} };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { attributes: value as Record<string, unknown> };
    return { problem: 'must be an object such as {"plan": "pro"}' };
  } catch (error) {
    return { problem: `is no JSON yet: ${(error as Error).message}` };
  }
}

/** Each of them with the same groups and attributes. */
export function unitsOf({ userIds, groups, attributes }: TriedUnits): Unit[] {
  const read = attributesOf(attributes);
  const common = { groups: [...groups], attributes: 'attributes' in read ? read.attributes : {} };
  return userIds.slice(0, MOST_TRIED).map((userId) => ({ userId, ...common })) as Unit[];
}
