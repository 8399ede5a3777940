/**
 * A later version of the candidate with a defect that a review lets through: to tell holders of old copyrights from those of new ones,
 * it reads the year of every copyright line, and takes for granted that there is one. Texts whose line says `Copyright Contributors
 * to …` or `Copyright (c) Somebody` crash it.
 */
import type { PersonFinder } from './component.ts';
import { wink } from './wink.ts';

export const winkDated: PersonFinder = {
  name: 'wink-dated',
  find(text) {
    const lines = text.split('\n').filter((line) => /^\s*copyright\b/i.test(line));
    const newest = lines.map(yearOf).sort((a, b) => b - a)[0];
    return newest === undefined ? wink.find(text) : wink.find(`${text}\n${newest}`).filter((name) => name !== String(newest));
  },
};

function yearOf(line: string): number {
  const found = line.match(/\d{4}/) as RegExpMatchArray;
  return Number(found[0]);
}
