/** The change against the control on one line: where their ratio lies, how sure that is, and from where on it is harm. */
import { Group, Text } from '@mantine/core';
import type { RolloutStatus } from '../api/answers.ts';
import { figure } from './numbers.ts';
import classes from './ratio-band.module.css';

export type Compared = NonNullable<RolloutStatus['verdicts'][number]['compared']>;

/** Drawn by logarithm from a quarter to four times; what lies beyond stands at the end. */
const REACH = Math.log(4);

export function RatioBand({ compared, isHarm }: { readonly compared: Compared; readonly isHarm: boolean }) {
  const { ratio, lower, upper, tolerated } = compared;
  const percent = (value: number): number => 50 + (50 * Math.max(-REACH, Math.min(REACH, Math.log(value)))) / REACH;
  const [from, to] = [lower === null || lower <= 0 ? 0 : percent(lower), upper === null ? 100 : percent(upper)];
  const isKnown = lower !== null || upper !== null;
  return (
    <div>
      <div
        className={classes.band}
        role="img"
        aria-label={saidOf(compared)}
        data-harm={isHarm || undefined}
        data-smaller-is-worse={tolerated < 1 || undefined}
        style={{ '--tolerated': `${percent(tolerated)}%` } as Record<string, string>}
      >
        <div className={classes.track} />
        {isKnown && <div className={classes.reach} style={{ left: `${from}%`, width: `${Math.max(0.5, to - from)}%` }} />}
        <div className={classes.mark} style={{ left: '50%' }} />
        <div className={classes.mark} data-kind="tolerated" style={{ left: `${percent(tolerated)}%` }} />
        {ratio !== null && <div className={classes.estimate} style={{ left: `${ratio > 0 ? percent(ratio) : 0}%` }} />}
      </div>
      <Group justify="space-between" gap="xs" wrap="nowrap" aria-hidden="true">
        <Text size="xs" c="dimmed">
          ¼ of the control
        </Text>
        <Text size="xs" c="dimmed">
          as the control
        </Text>
        <Text size="xs" c="dimmed">
          4 times
        </Text>
      </Group>
    </div>
  );
}

export function saidOf({ ratio, lower, upper, tolerated, of }: Compared): string {
  const range =
    lower === null && upper === null
      ? of === 'rate'
        ? 'requests of one user come together, so that there is no band'
        : 'too little to say in what band'
      : `band from ${lower === null ? '0' : figure(lower)} to ${upper === null ? 'any' : figure(upper)}`;
  const now = ratio === null ? 'The control has nothing to compare with yet' : `${figure(ratio)} times the control`;
  return `${now}; ${range}; harm beyond ${figure(tolerated)}`;
}
