/** A flag that is not as its rollout wrote it: somebody moved it by force or in the file. */
import { allocationOf, type Flag } from '../flag/flag.ts';
import { jsonEqual } from '../json.ts';
import { shareToPercentage } from '../share.ts';
import type { Rollout } from './rollout.ts';

/** What the flag says and what the rollout wrote, in words; null while they agree, and before the rollout has written anything. */
export function driftProblem({ applied }: Rollout, flag: Flag): string | null {
  if (applied === null || jsonEqual(allocationOf(flag), applied)) return null;
  const [found, wrote] = [shareToPercentage(flag.share), shareToPercentage(applied.share)];
  return `the flag stands at ${found} % (${flag.status}) and the rollout wrote ${wrote} %; resume to write it again, or abort`;
}
