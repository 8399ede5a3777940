import { EVENT_TYPES } from '@sluice/core';
import { expect, it } from 'vitest';
import { whatHappened } from './what-happened.ts';

it('has words for everything that can happen, and none of them is the name of a type', () => {
  for (const type of EVENT_TYPES)
    expect(whatHappened({ type }), type).toMatch(/^(was|has|had|lost|began|waits|went|could|did|reached|completed) /);
});
