/** The story of the demo, act after act. */
import type { Fact } from '../fact.ts';
import { colors } from '../screen.ts';
import { canary } from './story/canary.ts';
import { defect } from './story/defect.ts';
import { experiment } from './story/experiment.ts';
import { outage } from './story/outage.ts';
import { rollback } from './story/rollback.ts';
import type { DemoStage } from './story/stage.ts';

const ACTS: readonly { readonly title: string; readonly play: (stage: DemoStage) => Promise<Fact[]> }[] = [
  { title: 'A new component reaches everybody: canary from compromise to wink', play: canary },
  { title: 'A component with a defect is caught and taken back by itself', play: defect },
  { title: 'Every program sees the same, and nobody notices that the server is killed', play: outage },
  { title: 'An A/B test measures both', play: experiment },
  { title: 'Taking it back: three users, everybody step by step, and the kill switch', play: rollback },
];

/** What every act promises, and whether the traffic showed it. */
export async function playStory(stage: DemoStage): Promise<Fact[]> {
  const all: Fact[] = [];
  for (const [index, { title, play }] of ACTS.entries()) {
    stage.screen.say(`${colors.inverse(` ${index + 1} `)} ${colors.bold(title)}`);
    all.push(...(await play(stage)));
    stage.screen.say('');
  }
  return all;
}
