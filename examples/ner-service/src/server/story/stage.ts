/** What every act of the story plays on. */
import type { Screen } from '../../screen.ts';
import type { World } from '../world.ts';

export interface DemoStage {
  readonly world: World;
  readonly screen: Screen;
}
