/** The recogniser in use: a grammar of English with lists of names. Slower, and it knows what a name is. */
import nlp from 'compromise';
import type { PersonFinder } from './component.ts';

export const compromise: PersonFinder = {
  name: 'compromise',
  find: (text) => nlp(text).people().out('array') as string[],
};
