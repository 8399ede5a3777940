/** Answers by a component whose versions are swapped under load, once it has one. */
import type { Sluice } from 'sluice';
import type { ThreadedFinder } from '../components/threaded.ts';
import type { Answer, FindRequest } from '../service.ts';

export const COMPONENT = 'threaded_finder';

/** The version that the component's flag gives this user is held until it has answered, whatever is swapped meanwhile. Null without a version. */
export function answerByComponent(sluice: Sluice, asked: FindRequest): Promise<Answer> | null {
  if (sluice.hotSwap.versions(COMPONENT).length === 0) return null;
  const answered = sluice.hotSwap.use(
    COMPONENT,
    { userId: asked.user },
    async (finder: Pick<ThreadedFinder, 'find'>, version) => ({
      component: `${COMPONENT} ${version}`,
      people: await finder.find(asked.text),
    }),
  );
  return answered.catch((error: unknown) => ({ component: COMPONENT, error: String(error) }));
}
