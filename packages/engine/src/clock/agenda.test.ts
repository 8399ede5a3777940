import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Agenda } from './agenda.ts';

const nothing = (): void => {};

describe('Agenda', () => {
  it('gives what is due by time, equal instants in the order they were added', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 50 }), (instants) => {
        const agenda = new Agenda();
        const order: number[] = [];
        for (const [index, at] of instants.entries()) agenda.add(at, () => void order.push(index));
        for (let due = agenda.takeDue(20); due !== null; due = agenda.takeDue(20)) void due.task();
        const expected = instants.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at || a.index - b.index);
        expect(order).toEqual(expected.map(({ index }) => index));
      }),
    );
  });

  it('keeps what is not due yet', () => {
    const agenda = new Agenda();
    agenda.add(5, nothing);
    expect(agenda.takeDue(4)).toBeNull();
    expect(agenda.takeDue(5)?.at).toBe(5);
    expect(agenda.takeDue(5)).toBeNull();
  });

  it('takes off only the cancelled entry, and nothing when it was taken before', () => {
    const agenda = new Agenda();
    const cancelFirst = agenda.add(1, nothing);
    const cancelSecond = agenda.add(1, nothing);
    agenda.takeDue(1);
    agenda.add(2, nothing);
    cancelFirst();
    cancelSecond();
    expect(agenda.takeDue(9)?.at).toBe(2);
    expect(agenda.takeDue(9)).toBeNull();
  });
});
