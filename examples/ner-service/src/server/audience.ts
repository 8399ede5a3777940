/** Who the users of the service are: what targeting and rings can tell apart. */
import type { Unit } from 'sluice';

const COUNTRIES = ['de', 'fr', 'us', 'br', 'in'] as const;
/** One in a hundred is a colleague, one in ten tries things early, one in four pays. */
const COLLEAGUES = 100;
const EARLY = 10;
const PAYING = 4;

/** The same in every run. */
export function unitOf(userId: string): Unit {
  const number = Number(userId.replace(/\D/g, ''));
  const groups = [...(number % COLLEAGUES === 0 ? ['internal'] : []), ...(number % EARLY === 1 ? ['beta'] : [])];
  const attributes = { country: COUNTRIES[number % COUNTRIES.length] ?? 'de', plan: number % PAYING === 0 ? 'pro' : 'free' };
  return { userId, groups, attributes };
}
