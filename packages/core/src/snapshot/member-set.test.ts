import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segmentOf } from '../segment/segment.testing.ts';
import { SegmentMatchers } from '../segment/segment-matchers.ts';
import { encodeMemberSet, MAX_LISTED_MEMBERS, MemberSet } from './member-set.ts';
import { segmentForm } from './segment-form.ts';
import { memberSetsOf } from './snapshot.ts';

const many = Array.from({ length: MAX_LISTED_MEMBERS + 1 }, (_, index) => `user-${index}`);

describe('MemberSet', () => {
  it('has its members and nobody else, whatever order they came in', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: 'grapheme' })),
        fc.array(fc.string({ unit: 'grapheme' })),
        (members, others) => {
          const encoded = encodeMemberSet(members);
          expect(encodeMemberSet(members.toReversed())).toEqual(encoded);
          const set = new MemberSet(encoded, encoded.bytes);
          expect(members.every((member) => set.has(member))).toBe(true);
          expect(others.filter((other) => set.has(other))).toEqual(others.filter((other) => members.includes(other)));
        },
      ),
    );
  });

  it('keeps the member whose hash is zero, which would be an empty slot', () => {
    expect(encodeMemberSet(['']).bytes).toEqual(new Uint8Array(8));
    const { bytes, ...name } = encodeMemberSet(['']);
    expect([new MemberSet(name, bytes).has(''), new MemberSet(name, bytes).has('a')]).toEqual([true, false]);
    const { bytes: none, ...nobody } = encodeMemberSet([]);
    expect(new MemberSet(nobody, none).has('')).toBe(false);
  });

  it('refuses bytes that are cut, longer or changed', () => {
    const { bytes, ...name } = encodeMemberSet(['ann', 'bob']);
    expect(() => new MemberSet(name, bytes.slice(0, 8))).toThrow(`member set ${name.id} must be 2 hashes of 8 bytes`);
    const changed = bytes.slice();
    changed[3] = (changed[3] ?? 0) ^ 1;
    expect(() => new MemberSet(name, changed)).toThrow('with that name');
    expect(() => new MemberSet({ ...name, count: 3 }, bytes)).toThrow('must be 3 hashes');
  });
});

describe('a large segment as it travels', () => {
  it('lists up to 10 000 members and names the set of more', () => {
    const small = segmentOf('s', null, many.slice(1));
    expect(segmentForm(small)).toBe(small);
    const large = segmentForm(segmentOf('s', null, many));
    expect(large).toMatchObject({ members: [], memberSet: { count: MAX_LISTED_MEMBERS + 1 } });
    expect(memberSetsOf([large, large, small])).toEqual([large.memberSet]);
    expect(segmentForm({ ...segmentOf('s', null, many), deletedAt: 1 })).toMatchObject({ members: [] });
  });

  it('matches whom the segment itself matches, its condition included', () => {
    const segment = segmentOf('s', { plan: 'pro' }, many);
    const { bytes, ...name } = encodeMemberSet(many);
    const set = new MemberSet(name, bytes);
    const [whole, travelled] = [new SegmentMatchers(), new SegmentMatchers((id) => (id === name.id ? set : undefined))];
    whole.apply([segment]);
    travelled.apply([segmentForm(segment)]);
    const units = [...many.slice(0, 500), 'user-x', '', 'user-10001'].map((userId) => ({ userId }));
    const asked = [...units, { userId: 7 }, {}, { userId: 'user-x', attributes: { plan: 'pro' } }];
    for (const unit of asked) expect(travelled.holderOf('s').matches(unit)).toBe(whole.holderOf('s').matches(unit));
  });

  it('is not taken in before its set is loaded, nor anything that came with it', () => {
    const matchers = new SegmentMatchers();
    const small = segmentOf('a', null, ['ann']);
    expect(() => matchers.apply([small, segmentForm(segmentOf('s', null, many))])).toThrow(
      /segment "s": its member set [0-9a-f]{16} is not loaded/,
    );
    expect([matchers.has('a'), matchers.has('s')]).toEqual([false, false]);
  });
});
