/** Follows a rollout to its end. */
import { SluiceError } from '@sluice/core';
import type { Outcome } from '../command.ts';
import type { Session } from '../session.ts';
import { type Status, track, trackLine, turningPoint } from './rollout-track.ts';

const EVERY_MS = 1_000;
/** So many looks in a row may find no server before it is given up: two minutes and more. */
const MOST_FAILURES = 120;

/**
 * Drawn in place where somebody looks; else one line, or one JSON text, for each turning point. Exit `failed` when it does not end completed.
 * On a file this process is what advances it.
 */
export async function watchRollout(session: Session, flag: string): Promise<Outcome<Status>> {
  const { terminal } = session;
  let told = '';
  let failures = 0;
  for (;;) {
    const status = await session.call('rollouts.status', { ...session.scope, flag }).catch((error: unknown) => {
      const isGone = error instanceof SluiceError && error.code === 'unavailable';
      if (!isGone || ++failures > MOST_FAILURES) throw error;
      if (failures === 1 && !terminal.ended.aborted)
        session.remark(`${error.message}; the rollout goes on without this, and is asked for again`);
      return null;
    });
    if (status !== null) {
      failures = 0;
      const point = turningPoint(status);
      tell(session, status, point !== told);
      told = point;
      if (status.endedAt !== null) {
        terminal.endDrawing();
        return { answer: undefined, exit: status.phase === 'completed' ? 'ok' : 'failed' };
      }
    }
    if (terminal.ended.aborted) {
      terminal.endDrawing();
      return { answer: undefined };
    }
    await terminal.sleep(EVERY_MS);
  }
}

function tell({ terminal, isJson, paint }: Session, status: Status, isTurn: boolean): void {
  if (terminal.isInteractive && !isJson) terminal.redraw(track(status, paint));
  else if (isTurn) terminal.write(`${isJson ? JSON.stringify(status) : trackLine(status)}\n`);
}
