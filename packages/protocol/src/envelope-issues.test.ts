import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type EnvelopePart, issueInWords, readEnvelope } from './envelope-issues.ts';
import { flagQuery, settableInstant } from './schema-parts.ts';

function wordsOf(schema: z.ZodType, value: unknown, part: EnvelopePart = 'body'): string[] {
  const read = readEnvelope(schema, value, part);
  return 'issues' in read ? read.issues.map(issueInWords) : [];
}

describe('what is wrong with an envelope', () => {
  it('is told with its place, what would be right, and what was given', () => {
    const body = z.strictObject({
      percentage: z.number().describe('0 to 100'),
      'a/b': z
        .array(z.strictObject({ 'c~': z.int().min(1).max(5) }))
        .max(2)
        .optional(),
      order: z.enum(['newest', 'oldest']).optional(),
      at: settableInstant.nullable().optional(),
    });
    expect(wordsOf(body, { 'a/b': [{ 'c~': 1 }, { 'c~': 2.5 }], order: 'neuest', at: {} })).toEqual([
      '/percentage must be a number (0 to 100); it is missing',
      '/a~1b/1/c~0 must be a whole number of 1 to 5; it is 2.5',
      '/order must be "newest" or "oldest" (did you mean "newest"?); it is "neuest"',
      '/at must be a text or a number (Date and time with its zone, such as 2027-01-31T12:00:00Z, or milliseconds since 1970) or null; it is an object',
    ]);
    expect(wordsOf(body, [1])).toEqual(['the body must be an object; it is a list of 1']);
    expect(wordsOf(body, { percentage: 1, 'a/b': [{}] })).toEqual([
      '/a~1b/0/c~0 must be a whole number of 1 to 5; it is missing',
    ]);
  });

  it('places a member that is not known where it stands, and says which was meant', () => {
    const body = z.strictObject({ reason: z.string().optional(), unit: z.strictObject({ userId: z.string() }).optional() });
    expect(wordsOf(body, { reson: 'why', unit: { userId: 'a', usrId: 7 } })).toEqual([
      '/unit/usrId must be left out: there is no member "usrId" here (did you mean "userId"?); it is 7',
      '/reson must be left out: there is no member "reson" here (did you mean "reason"?); it is "why"',
    ]);
    expect(wordsOf(z.strictObject({}), { a: '1' }, 'query')).toEqual([
      'query a must be left out: there are no parameters here; it is "1"',
    ]);
    expect(wordsOf(body, { zzz: 1 })).toEqual([
      '/zzz must be left out: there is no member "zzz" here; there are reason, unit; it is 1',
    ]);
  });

  it('shows what was given in the query, not what was made of it', () => {
    const query = z.strictObject({ limit: z.coerce.number().int().min(1).max(500), revoked: flagQuery });
    expect(wordsOf(query, { limit: 'ten', revoked: 'yes' }, 'query')).toEqual([
      'query limit must be a whole number of 1 to 500; it is "ten"',
      'query revoked must be "true" or "false"; it is "yes"',
    ]);
    expect(wordsOf(query, { limit: ['1', '2'] }, 'query')).toEqual([
      'query limit must be a whole number of 1 to 500; it is a list of 2',
    ]);
  });

  it('names records by their keys, lists by their places, and tells one fault once', () => {
    const body = z.strictObject({
      counts: z.record(z.string().min(1).max(3), z.int().min(0)).optional(),
      pairs: z.array(z.tuple([z.int(), z.int()])).optional(),
      few: z.array(z.string()).min(1).max(2).optional(),
      spread: z
        .strictObject({ min: z.number(), max: z.number() })
        .refine(({ min, max }) => min <= max, { message: 'must not be above max', path: ['min'] })
        .optional(),
      size: z.int().min(5).multipleOf(5).optional(),
    });
    expect(wordsOf(body, { counts: { abcd: 1, ab: -1 }, pairs: [[1]], few: [], spread: { min: 2, max: 1 }, size: 1.5 })).toEqual([
      '/counts/abcd must have as its name a text of 1 to 3 characters; it is "abcd"',
      '/counts/ab must be a whole number of at least 0; it is -1',
      '/pairs/0 must be a list of 2 members; it is a list of 1',
      '/few must be a list of 1 to 2 members, each a text; it is a list of 0',
      '/spread/min must not be above max; it is 2',
      '/size must be a whole number of at least 5; it is 1.5',
    ]);
  });

  it('tells no secret, nor what a misspelt name may hold', () => {
    const body = z.strictObject({ password: z.string().min(12).meta({ writeOnly: true }), email: z.string() });
    expect(wordsOf(body, { password: 'hunter2', email: 7, pasword: 'hunter2' })).toEqual([
      '/password must be a text of at least 12 characters; it is a text of 7 characters',
      '/email must be a text; it is 7',
      '/pasword must be left out: there is no member "pasword" here (did you mean "password"?); it is a text of 7 characters',
    ]);
    expect(wordsOf(body, { password: 12_345, email: '' }).join()).not.toContain('12345');
  });

  it('tells a hundred faults where there are very many', () => {
    const body = z.strictObject({ userIds: z.array(z.string()) });
    const faults = wordsOf(body, { userIds: Array.from({ length: 400_000 }, () => 0) });
    expect([faults.length, faults[99]]).toEqual([100, '/userIds/99 must be a text; it is 0']);
    const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`a${index}`, 1]));
    expect(wordsOf(z.strictObject({}), unknown)).toHaveLength(100);
  });

  it('of many names tells the one that was meant, or how many there are', () => {
    const body = z.strictObject({ type: z.enum(Array.from({ length: 60 }, (_, index) => `event.number${index}`)) });
    expect(wordsOf(body, { type: 'event.numbr7' })).toEqual([
      '/type must be one of 60 known texts (did you mean "event.number7"?); it is "event.numbr7"',
    ]);
    expect(wordsOf(body, { type: 'x' })[0]).toMatch(
      /^\/type must be one of 60 known texts; there are event.number0, .* and 20 more; it is "x"$/,
    );
  });
});
