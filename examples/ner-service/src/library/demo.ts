/** The library alone, without a server: the whole loop in one process over a flag file, live in the terminal. Ends with 0 only if everything it claims was seen in the traffic. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSluice, type Sluice } from 'sluice';
import { FLAG, STABLE } from '../assignment.ts';
import { compromise } from '../components/compromise.ts';
import { wink } from '../components/wink.ts';
import { winkDated } from '../components/wink-dated.ts';
import { readCorpus } from '../corpus.ts';
import { type Fact, tellFacts } from '../fact.ts';
import { colors, Screen } from '../screen.ts';
import { createService } from '../service.ts';
import { Traffic } from '../traffic.ts';
import { answerByComponent } from './answer-by-component.ts';
import { assignInProcess } from './assign-in-process.ts';
import { canary } from './story/canary.ts';
import { defect } from './story/defect.ts';
import { experiment } from './story/experiment.ts';
import { rollback } from './story/rollback.ts';
import type { DemoStage } from './story/stage.ts';
import { swap } from './story/swap.ts';

const USERS = 4_000;
const ACTS: readonly { readonly title: string; readonly play: (stage: DemoStage) => Promise<Fact[]> }[] = [
  { title: 'A new component reaches everybody: canary from compromise to wink', play: canary },
  { title: 'A component with a defect is caught and taken back by itself', play: defect },
  { title: 'An A/B test measures both', play: experiment },
  { title: 'Taking it back: for three users at once, then for everybody step by step', play: rollback },
  { title: 'Versions in threads of their own, swapped under load', play: swap },
];

const screen = new Screen();
const cleanUps: (() => Promise<unknown> | unknown)[] = [() => screen.close()];

async function cleanUp(): Promise<void> {
  for (const step of cleanUps.splice(0)) await step();
}

async function setUp(): Promise<DemoStage> {
  const corpus = readCorpus();
  const labelled = corpus.texts.filter((text) => text.people.length > 0).length;
  screen.say(
    colors.bold('Sluice: a service that finds people in texts, under real traffic'),
    colors.dim(
      `${corpus.texts.length} texts of ${corpus.packages} installed packages, ${labelled} of them naming an author; ${USERS} users over HTTP`,
    ),
    '',
  );
  const directory = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
  cleanUps.unshift(() => rm(directory, { recursive: true, force: true }));
  const sluice = createSluice({ file: join(directory, 'feature_flags.json') });
  cleanUps.unshift(() => sluice.close());
  sluice.on('problem', (problem) => screen.say(colors.red(problem.message)));
  const service = createService({
    finders: [compromise, wink, winkDated],
    assign: (userId) => assignInProcess(sluice, userId),
    answerInstead: (asked) => answerByComponent(sluice, asked),
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  cleanUps.unshift(() => new Promise((resolve) => service.close(resolve)));
  await createFlag(sluice);
  const traffic = new Traffic({
    port: (service.address() as AddressInfo).port,
    texts: corpus.texts,
    users: USERS,
    concurrency: 6,
  });
  traffic.start();
  cleanUps.unshift(() => traffic.stop());
  return { sluice, traffic, texts: corpus.texts, screen };
}

async function createFlag(sluice: Sluice): Promise<void> {
  await sluice.flags.setFlag(FLAG, {
    enabled: true,
    rolloutPercentage: 0,
    description: 'which component finds people in texts',
    variants: { [STABLE]: STABLE, wink: 'wink', 'wink-dated': 'wink-dated' },
    offVariant: STABLE,
    onVariant: 'wink',
  });
}

async function play(): Promise<boolean> {
  const startedAt = performance.now();
  const stage = await setUp();
  const all: Fact[] = [];
  for (const [index, { title, play: act }] of ACTS.entries()) {
    screen.say(`${colors.inverse(` ${index + 1} `)} ${colors.bold(title)}`);
    all.push(...(await act(stage)));
    screen.say('');
  }
  return tellFacts(all, screen, (performance.now() - startedAt) / 1000);
}

process.once('SIGINT', () => {
  void cleanUp().finally(() => process.exit(130));
});

try {
  process.exitCode = (await play()) ? 0 : 1;
} catch (error) {
  screen.close();
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
} finally {
  await cleanUp();
}
