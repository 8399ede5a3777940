/** Intervals of several comparisons on one axis: where each lies against no difference tells more than any p. */
import { Stack, Text } from '@mantine/core';
import classes from './interval-plot.module.css';
import { roundUp, signedPercent } from './numbers.ts';

export interface PlottedInterval {
  readonly name: string;
  /** What stands beside the name. */
  readonly note: string;
  /** Fractions of the control. */
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly tone: 'good' | 'bad' | 'open';
}

/** Of wide ones the middle is shown: what reaches beyond ends in an arrow. */
const WIDEST = 2;

export function IntervalPlot({ intervals, title }: { readonly intervals: readonly PlottedInterval[]; readonly title: string }) {
  const reach = intervals.flatMap(({ lower, upper, estimate }) => [Math.abs(lower), Math.abs(upper), Math.abs(estimate)]);
  const end = Math.min(WIDEST, roundUp(Math.max(...reach)));
  return (
    <figure className={classes.plot} aria-label={title}>
      {intervals.map((interval) => (
        <Row key={`${interval.name} ${interval.note}`} interval={interval} end={end} />
      ))}
      <div className={classes.axis} aria-hidden="true">
        <Text size="xs" c="dimmed" className="tabular">
          {signedPercent(-end)}
        </Text>
        <Text size="xs" c="dimmed">
          no difference
        </Text>
        <Text size="xs" c="dimmed" className="tabular">
          {signedPercent(end)}
        </Text>
      </div>
    </figure>
  );
}

function Row({ interval, end }: { readonly interval: PlottedInterval; readonly end: number }) {
  const { name, note, estimate, lower, upper, tone } = interval;
  const at = (value: number): number => 50 + (50 * Math.max(-end, Math.min(end, value))) / end;
  const said = `${name}, ${note}: ${signedPercent(estimate)}, with 95 % confidence between ${signedPercent(lower)} and ${signedPercent(upper)}`;
  return (
    <div className={classes.row}>
      <Stack gap={0} miw={0}>
        <Text size="sm" fw={600} truncate title={name}>
          {name}
        </Text>
        <Text size="xs" c="dimmed" truncate title={note}>
          {note}
        </Text>
      </Stack>
      <svg className={classes.lane} viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label={said}>
        <title>{said}</title>
        <line className={classes.zero} x1="50" x2="50" y1="0" y2="20" />
        <rect
          className={classes.reach}
          data-tone={tone}
          x={at(lower)}
          width={Math.max(0.6, at(upper) - at(lower))}
          y="7"
          height="6"
          rx="0.6"
        />
        <line className={classes.estimate} data-tone={tone} x1={at(estimate)} x2={at(estimate)} y1="3" y2="17" />
      </svg>
      <Text size="sm" className={`${classes.figures} tabular`}>
        {signedPercent(estimate)}
        <Text span size="xs" c="dimmed" className="tabular">
          {' '}
          {signedPercent(lower)} to {signedPercent(upper)}
        </Text>
      </Text>
    </div>
  );
}
