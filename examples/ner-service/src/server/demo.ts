/**
 * `npm run demo`: a server, a service that asks it, users, and the page. Plays the story in the terminal, and then goes on until Ctrl-C. With `--once` it
 * ends after the story, with 0 only if everything it claims was seen in the traffic.
 */
import { tellFacts } from '../fact.ts';
import { colors, Screen } from '../screen.ts';
import { type DemoOptions, readOptions } from './demo-options.ts';
import { beginMotion, keepMoving } from './motion.ts';
import { playStory } from './story.ts';
import { usablePort } from './usable-port.ts';
import { openWorld, USERS, type World } from './world.ts';

/** A second Ctrl-C within this time is the same one, passed on by npm. */
const SAME_SIGNAL_MS = 250;
/** What the service's connection got over is told when a fact does not hold: it may be why. */
const MOST_PROBLEMS = 20;

const screen = new Screen();
const ending = new AbortController();
let world: World | null = null;

function invite({ url, loginLink, staff: { visitor }, texts }: World): void {
  const labelled = texts.filter(({ people }) => people.length > 0).length;
  screen.say(
    colors.bold('Sluice: a server, a service that finds people in texts, and its users'),
    colors.dim(`${texts.length} texts of the installed packages, ${labelled} of them naming an author; ${USERS} users over HTTP`),
    '',
    `  Watch it: ${colors.bold(colors.cyan(loginLink))}   ${colors.dim('logs you in, once')}`,
    colors.dim(`  Or log in at ${url} as ${visitor.email}, password ${visitor.password}`),
    '',
  );
}

async function play(opened: World): Promise<boolean> {
  const startedAt = performance.now();
  const all = await playStory({ world: opened, screen });
  const isWhole = tellFacts(all, screen, (performance.now() - startedAt) / 1000);
  if (!isWhole) screen.say(...[...opened.problems].slice(0, MOST_PROBLEMS).map((problem) => colors.dim(`  ${problem}`)));
  return isWhole;
}

async function goOn(opened: World): Promise<void> {
  await beginMotion(opened);
  screen.say(
    '',
    `It goes on: ${colors.bold('pattern_matching')} moves by itself, ${colors.bold('kb_enrichment')} waits for your approval, a test runs for a week.`,
    `Approve, pause, roll back or kill what you like at ${colors.cyan(opened.url)}. ${colors.dim('Ctrl-C ends it.')}`,
  );
  await keepMoving(opened, ending.signal);
}

async function run({ isOnce, port }: DemoOptions): Promise<number> {
  const usable = await usablePort(port);
  world = await openWorld({
    port: usable,
    onProblem: (message) => {
      screen.say(colors.red(message));
      void end(1);
    },
  });
  invite(world);
  const isWhole = await play(world);
  if (!isOnce) await goOn(world);
  return isWhole ? 0 : 1;
}

/** Everything is closed once, whoever asks for it. */
async function end(code: number): Promise<void> {
  if (ending.signal.aborted) return;
  ending.abort();
  screen.live(null);
  await world?.close();
  screen.close();
  process.exit(code);
}

let interruptedAt: number | null = null;
function interrupt(): void {
  const now = performance.now();
  if (interruptedAt !== null) {
    if (now - interruptedAt > SAME_SIGNAL_MS) process.exit(130);
    return;
  }
  interruptedAt = now;
  screen.live(null);
  screen.say('', 'Ending: the server finishes what it has begun, and its folder is deleted. Once more ends at once.');
  void end(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);

try {
  const code = await run(readOptions(process.argv.slice(2), process.env));
  await end(code);
} catch (error) {
  // What was under way fails when it is ended from outside; that is no news.
  if (!ending.signal.aborted) {
    screen.live(null);
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    await end(1);
  }
}
