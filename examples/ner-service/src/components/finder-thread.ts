/** The thread in which one version of the finder lives: it is told which recogniser it is, and answers texts with people. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PersonFinder } from './component.ts';

export interface ThreadQuestion {
  readonly id: number;
  readonly text: string;
}

export type ThreadAnswer = { readonly id: number } & ({ readonly people: string[] } | { readonly error: string });

async function load(name: unknown): Promise<PersonFinder> {
  return name === 'wink' ? (await import('./wink.ts')).wink : (await import('./compromise.ts')).compromise;
}

const finder = await load(workerData);
const answer = ({ id, text }: ThreadQuestion): ThreadAnswer => {
  try {
    return { id, people: finder.find(text) };
  } catch (error) {
    return { id, error: String(error) };
  }
};
parentPort?.on('message', (question: ThreadQuestion) => parentPort?.postMessage(answer(question)));
parentPort?.postMessage('ready');
