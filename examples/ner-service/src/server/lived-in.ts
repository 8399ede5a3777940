/** The world of the demo after its story, with rollouts and a test under way: what pictures of the page are taken of. */
import { Screen } from '../screen.ts';
import { beginMotion } from './motion.ts';
import { PATTERNS } from './refinements.ts';
import { SCOPE, sessionCookie } from './staff.ts';
import { rolledOut } from './story/defect.ts';
import { playStory } from './story.ts';
import { usablePort } from './usable-port.ts';
import { openWorld } from './world.ts';

export interface LivedIn {
  readonly url: string;
  readonly place: { readonly project: string; readonly environment: string };
  /** `Set-Cookie` of a session of an administrator. */
  readonly cookie: string;
  /** The stage of the rollout that moves by itself, from 0; null when it is not baking. */
  movingStage(): Promise<number | null>;
  close(): Promise<void>;
}

/** Takes about three minutes. @throws Error when the server ends by itself */
export async function livedIn(): Promise<LivedIn> {
  const world = await openWorld({
    port: await usablePort(null),
    onProblem: (message) => {
      throw new Error(message);
    },
  });
  try {
    const screen = new Screen();
    await playStory({ world, screen });
    // The latest rollout of this flag is the one that its page shows: again one that was taken back by its evidence.
    await rolledOut({ world, screen });
    await beginMotion(world);
    return {
      url: world.url,
      place: SCOPE,
      cookie: await sessionCookie(world.url, world.staff.visitor),
      movingStage: async () => {
        const { phase, stage } = await world.staff.engineer.rollouts.status({ ...SCOPE, flag: PATTERNS });
        return phase === 'baking' ? stage : null;
      },
      close: () => world.close(),
    };
  } catch (error) {
    await world.close();
    throw error;
  }
}
