/** Following a rollout of the server until it has ended, drawn in the terminal as it goes. */
import { rolloutPicture } from '../rollout-picture.ts';
import { colors } from '../screen.ts';
import { pause } from '../waiting.ts';
import { SCOPE } from './staff.ts';
import type { DemoStage } from './story/stage.ts';

const LOOK_MS = 150;

export type WireStatus = Awaited<ReturnType<DemoStage['world']['staff']['engineer']['rollouts']['status']>>;

export interface Watched {
  readonly flag: string;
  /** Whose share of the traffic is drawn. */
  readonly component: string;
  /** Asked at every look; true ends the watch before the rollout does. */
  readonly isEnough?: (status: WireStatus) => boolean;
}

/** The status at the end. */
export async function watchRollout({ world, screen }: DemoStage, { flag, component, isEnough }: Watched): Promise<WireStatus> {
  const { engineer } = world.staff;
  let status = await engineer.rollouts.status({ ...SCOPE, flag });
  screen.live(rolloutPicture(world.traffic, component, () => status));
  try {
    while (status.endedAt === null && isEnough?.(status) !== true) {
      await pause(LOOK_MS);
      const next = await engineer.rollouts.status({ ...SCOPE, flag });
      const passed = status.stage === null || next.stage === status.stage ? undefined : status.stagePercentages[status.stage];
      if (passed !== undefined && next.error === null)
        screen.say(`  ${colors.green('✔')} ${passed} % ${colors.dim(`${status.exposures} users, ${sentenceOf(status)}`)}`);
      status = next;
    }
    return status;
  } finally {
    screen.live(null);
  }
}

function sentenceOf({ verdicts }: WireStatus): string {
  return verdicts.map(({ message }) => message).join('; ') || 'nothing against it';
}
