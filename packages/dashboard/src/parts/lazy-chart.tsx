/** A chart, once what draws it is there. */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { TimeChartProps } from './time-chart.tsx';

const Chart = lazy(async () => ({ default: (await import('./time-chart.tsx')).TimeChart }));

export function LazyChart(props: TimeChartProps) {
  return (
    <Suspense fallback={<Skeleton height={props.height ?? 200} />}>
      <Chart {...props} />
    </Suspense>
  );
}
