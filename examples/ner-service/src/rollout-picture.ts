/** The live picture of a rollout: where it is, what it waits for, and what the traffic looks like right now. */
import type { RolloutStatus } from 'sluice';
import { bar, colors, track } from './screen.ts';
import { shareOf, type Traffic } from './traffic.ts';

/** The figures of traffic are taken anew this often. */
const READ_MS = 1_000;

type Pictured = Pick<RolloutStatus, 'stagePercentages' | 'stage' | 'verdicts' | 'waitingFor'>;

/** Lines for the present state; `component` is the one whose share is drawn. */
export function rolloutPicture(traffic: Traffic, component: string, statusOf: () => Pictured | undefined): () => string[] {
  let seen = traffic.take();
  let readAt = performance.now();
  return () => {
    if (performance.now() - readAt > READ_MS) {
      seen = traffic.take();
      readAt = performance.now();
    }
    const status = statusOf();
    if (status === undefined) return [];
    const rate = (seen.answered / Math.max(0.001, seen.seconds)).toFixed(0);
    const share = shareOf(seen, component);
    const errors = seen.answered === 0 ? 0 : (100 * seen.failed) / seen.answered;
    const failing = errors > 0 ? colors.red(`${errors.toFixed(1)} % errors`) : colors.dim('0 % errors');
    return [
      `  ${track(status.stagePercentages, status.stage)}`,
      `  ${bar(share / 100)} ${share.toFixed(1)} % of the traffic reaches ${component}   ${colors.dim(`${rate} requests/s`)}   ${failing}`,
      ...status.verdicts.map((verdict) => `  ${symbolOf(verdict.verdict)} ${verdict.message}`),
      `  ${colors.dim(`waiting for ${status.waitingFor ?? 'nothing'}`)}`,
    ];
  };
}

function symbolOf(verdict: string): string {
  if (verdict === 'pass') return colors.green('✔');
  return verdict === 'fail' ? colors.red('✘') : colors.yellow('…');
}
