/** What every act of the demo plays on. */
import type { Sluice } from 'sluice';
import type { LabelledText } from '../../corpus.ts';
import type { Screen } from '../../screen.ts';
import type { Traffic } from '../../traffic.ts';

export interface DemoStage {
  readonly sluice: Sluice;
  readonly traffic: Traffic;
  readonly texts: readonly LabelledText[];
  readonly screen: Screen;
}
