/** When a stage stops where it is, and when it goes on by itself. Missing or broken evidence holds; it never advances. */
import { worstVerdict } from '../analysis/judge.ts';
import { durationInWords } from './duration.ts';
import { freezeAt, openMs } from './freeze.ts';
import type { Look } from './look.ts';
import type { HeldPhase } from './rollout.ts';

type Hold = Pick<HeldPhase, 'reason' | 'message' | 'clearsWith'>;

export function holdFor(look: Look): Hold | null {
  return unmeasured(look) ?? validatorHold(look) ?? (look.at.name === 'awaitingApproval' ? unapproved(look) : pastDeadline(look));
}

function unmeasured({ rollout }: Look): Hold | null {
  const failed = rollout.verdicts.filter((verdict) => verdict.verdict === 'error' && !verdict.dryRun);
  const [first] = failed;
  if (first === undefined) return null;
  const message = failed.map((verdict) => verdict.message).join('; ');
  if (failed.some((verdict) => verdict.cause === 'badQuery')) return { reason: 'error', message, clearsWith: null };
  return { reason: first.cause === 'provider' ? 'provider' : 'noData', message, clearsWith: 'data' };
}

function validatorHold({ rollout, progress, facts }: Look): Hold | null {
  if (facts.validator === 'missing') {
    const name = rollout.plan.validatorName ?? '';
    return {
      reason: 'error',
      message: `validator "${name}" is not registered in this process; the rollout goes on once it is: by registerValidator("${name}", …), or in a server by its settings (SLUICE_VALIDATORS)`,
      clearsWith: 'validator',
    };
  }
  return progress.validation?.outcome === 'error'
    ? { reason: 'error', message: progress.validation.message, clearsWith: null }
    : null;
}

/**
 * An approval that nobody gave for so long is asked for anew: what it was asked on is no longer what people see. The time in which a freeze
 * forbids giving it does not count.
 */
function unapproved({ rollout, at, facts, now }: Look): Hold | null {
  const { approvalExpiryMs, freezeWindows } = rollout.plan;
  if (at.name !== 'awaitingApproval' || now - at.since < approvalExpiryMs || isFrozen({ rollout, facts, now })) return null;
  if (openMs([...freezeWindows, ...facts.freezeWindows], at.since, now) < approvalExpiryMs) return null;
  return {
    reason: 'approvalExpired',
    message: `nobody approved the stage within ${durationInWords(approvalExpiryMs)}; resume to ask again, reject, or abort`,
    clearsWith: null,
  };
}

function isFrozen({ rollout, facts, now }: Pick<Look, 'rollout' | 'facts' | 'now'>): boolean {
  return freezeAt([...rollout.plan.freezeWindows, ...facts.freezeWindows], now) !== null;
}

function pastDeadline({ rollout, stage, progress }: Look): Hold | null {
  if (progress.observedMs < stage.deadlineMs) return null;
  if (progress.exposures < stage.minExposures) {
    return {
      reason: 'noData',
      message: `${progress.exposures} of ${stage.minExposures} units were served until the stage's deadline`,
      clearsWith: 'exposures',
    };
  }
  if (worstVerdict(rollout.verdicts) === 'pass') return null;
  return {
    reason: 'inconclusive',
    message: `the stage's deadline came without an answer: ${rollout.verdicts.map((verdict) => verdict.message).join('; ')}`,
    clearsWith: null,
  };
}

/** What ended the hold, in words; null while it lasts. */
export function clearedBy(held: HeldPhase, { rollout, stage, progress, facts, now }: Look): string | null {
  switch (held.clearsWith) {
    case 'data':
      return worstVerdict(rollout.verdicts) === 'error' ? null : 'data is back';
    case 'exposures':
      return progress.exposures >= stage.minExposures ? 'enough units were served' : null;
    case 'validator':
      return facts.validator === 'registered' ? 'the validator is registered again' : null;
    case 'window':
      return isFrozen({ rollout, facts, now }) ? null : 'the freeze window is over';
    case null:
      return null;
  }
}
