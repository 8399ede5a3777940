/** Lines over time. Loaded only where there is something to draw. */
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { CLOCK_STEPS, marksWithin } from './clock-marks.ts';
import classes from './time-chart.module.css';

export interface ChartLine {
  readonly label: string;
  /** One for each instant; null leaves a gap. */
  readonly values: readonly (number | null)[];
  /** A variable of the page's styles. */
  readonly color: string;
  readonly kind?: 'line' | 'step' | 'edge' | 'threshold';
  /** Down to nothing. */
  readonly isFilled?: boolean;
}

export interface TimeChartProps {
  /** What a reader who cannot see it is told. */
  readonly label: string;
  /** Milliseconds since 1970, rising. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  /** Filled between: indexes of the upper and the lower line. */
  readonly band?: readonly [upper: number, lower: number];
  readonly format: (value: number) => string;
  /** The least and the largest value that is shown at any rate. */
  readonly range?: readonly [least: number, most: number];
  readonly height?: number;
  /** Values that the axis names on its even scale; chosen by itself unless given. */
  readonly ticks?: readonly number[];
  /** Values that the axis names, on a scale that keeps small ones apart; even, with marks of its own, unless given. */
  readonly marks?: readonly number[];
}

/** Drawn anew where its shape changes; figures alone are put into what is there. */
export function TimeChart(props: TimeChartProps) {
  const { ref, width } = useElementSize();
  const scheme = useComputedColorScheme('light');
  const { lines, height, range, marks, ticks } = props;
  const shape = JSON.stringify([
    scheme,
    lines.map(({ label, color, kind }) => [label, color, kind]),
    height,
    range,
    marks,
    ticks,
  ]);
  return (
    <div ref={ref} className={classes.frame}>
      {width > 0 && <Plot key={shape} {...props} width={Math.floor(width)} />}
    </div>
  );
}

function Plot({ width, ...chart }: TimeChartProps & { readonly width: number }) {
  const root = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const { times, lines, height = 200 } = chart;
  const data = [times.map((at) => at / 1000), ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
  const first = useRef({ chart, width, data });
  useEffect(() => {
    if (root.current === null) return;
    const begun = first.current;
    const made = new uPlot(optionsOf(begun.chart, begun.width, root.current), begun.data, root.current);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => {
    plot.current?.setSize({ width, height });
  }, [width, height]);
  // Every render brings figures that may be new.
  useEffect(() => plot.current?.setData(data));
  return <div ref={root} role="img" aria-label={chart.label} />;
}

const WIDTHS = { line: 2, step: 2, edge: 1, threshold: 1.5 } as const;

function seriesOf(
  { label, kind = 'line', isFilled = false }: ChartLine,
  color: string,
  format: TimeChartProps['format'],
): uPlot.Series {
  return {
    label,
    stroke: color,
    width: WIDTHS[kind],
    points: { show: false },
    value: (_plot: uPlot, value: number | null) => (value === null || value === undefined ? '–' : format(value)),
    ...(isFilled ? { fill: `${color}33` } : {}),
    ...(kind === 'threshold' ? { dash: [6, 4] } : {}),
    ...(kind === 'step' && uPlot.paths.stepped !== undefined ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
  };
}

function scaleOf(range: TimeChartProps['range'], isMarked: boolean): uPlot.Scale {
  const [least, most] = range ?? [null, null];
  // Even up to 1, by powers above.
  if (isMarked) return { distr: 4, asinh: 1, range: () => [least ?? 0, most ?? 1] };
  return {
    range: (_plot, from, to) =>
      uPlot.rangeNum(Math.min(from ?? 0, least ?? from ?? 0), Math.max(to ?? 1, most ?? to ?? 1), 0.08, true),
  };
}

function optionsOf(
  { lines, band, format, range, marks, ticks, height = 200 }: TimeChartProps,
  width: number,
  within: HTMLElement,
): uPlot.Options {
  const styles = getComputedStyle(within);
  const colorOf = (name: string): string => styles.getPropertyValue(name).trim();
  const [quiet, grid] = [colorOf('--mantine-color-dimmed'), colorOf('--sluice-channel')];
  const font = `12px ${styles.fontFamily}`;
  const axis = { stroke: quiet, font, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
  const named = marks ?? ticks;
  return {
    width,
    height,
    // The last instant is written whole.
    padding: [8, 40, 0, 0],
    series: [{}, ...lines.map((line) => seriesOf(line, colorOf(line.color), format))],
    ...(band === undefined
      ? {}
      : {
          bands: [{ series: [band[0] + 1, band[1] + 1] as [number, number], fill: `${colorOf(lines[band[0]]?.color ?? '')}22` }],
        }),
    scales: { y: scaleOf(range, marks !== undefined) },
    axes: [
      {
        ...axis,
        space: 90,
        size: 34,
        incrs: [...CLOCK_STEPS],
        filter: (plot: uPlot, marks: number[]) => marksWithin(marks, plot.scales.x?.min ?? 0, plot.scales.x?.max ?? 0),
        values: clockTimes,
      },
      {
        ...axis,
        size: 64,
        values: (_plot, values) => values.map((value) => format(value)),
        ...(named === undefined ? {} : { splits: () => [...named], filter: (_plot: uPlot, values: number[]) => values }),
      },
    ],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
  };
}

/** In the reader's own way, as fine as the marks are apart; `apart` is in seconds. */
function clockTimes(_plot: uPlot, marks: (number | null)[], _axis: number, _space: number, apart: number): string[] {
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  const fine: Intl.DateTimeFormatOptions = apart < 60 ? { ...time, second: '2-digit' } : time;
  const form: Intl.DateTimeFormatOptions = apart >= 86_400 ? { month: 'short', day: 'numeric' } : fine;
  return marks.map((at) => (at === null ? '' : new Date(at * 1000).toLocaleString(undefined, form)));
}
