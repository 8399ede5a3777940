/** The candidate: a statistical tagger, and the pattern that a person is two or three proper nouns in a row. Much faster. */
import model from 'wink-eng-lite-web-model';
import winkNlp from 'wink-nlp';
import type { PersonFinder } from './component.ts';

const nlp = winkNlp(model, ['sbd', 'pos', 'cer']);
nlp.learnCustomEntities([{ name: 'person', patterns: ['[PROPN] [PROPN]', '[PROPN] [PROPN] [PROPN]'] }], {
  matchValue: false,
  useEntity: false,
});

export const wink: PersonFinder = {
  name: 'wink',
  find: (text) => nlp.readDoc(text).customEntities().out() as string[],
};
