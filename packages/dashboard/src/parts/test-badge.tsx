/** How a test stands, in one word and one colour. */
import { Badge } from '@mantine/core';
import type { MetricResult, Test } from '../api/answers.ts';

const PHASES: Readonly<Record<Test['phase'], { readonly color: string; readonly label: string }>> = {
  draft: { color: 'gray', label: 'draft' },
  scheduled: { color: 'gray', label: 'scheduled' },
  running: { color: 'water', label: 'running' },
  stopped: { color: 'gray', label: 'stopped' },
};

export function TestBadge({ test: { phase, shippedVariant } }: { readonly test: Pick<Test, 'phase' | 'shippedVariant'> }) {
  const { color, label } = shippedVariant === null ? PHASES[phase] : { color: 'teal', label: `shipped ${shippedVariant}` };
  return (
    <Badge color={color} variant="light" tt="none">
      {label}
    </Badge>
  );
}

const VERDICTS: Readonly<Record<MetricResult['verdict'], { readonly color: string; readonly label: string }>> = {
  better: { color: 'teal', label: 'better' },
  worse: { color: 'red', label: 'worse' },
  notWorse: { color: 'teal', label: 'not worse' },
  noDifference: { color: 'gray', label: 'no difference shown' },
  insufficientData: { color: 'gray', label: 'too few units' },
  undefined: { color: 'orange', label: 'cannot be judged' },
};

export function MetricBadge({ metric: { verdict } }: { readonly metric: Pick<MetricResult, 'verdict'> }) {
  const { color, label } = VERDICTS[verdict];
  return (
    <Badge color={color} variant="light" tt="none">
      {label}
    </Badge>
  );
}
