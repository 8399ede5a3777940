/** How a test stands, in one word and one colour. */
import { Badge } from '@mantine/core';
import type { MetricResult, Test } from '../api/answers.ts';
import { verdictInWords } from './test-words.ts';

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

const VERDICT_COLORS: Readonly<Record<MetricResult['verdict'], string>> = {
  better: 'teal',
  worse: 'red',
  notWorse: 'teal',
  noDifference: 'gray',
  insufficientData: 'gray',
  undefined: 'orange',
};

export function MetricBadge({ metric }: { readonly metric: Pick<MetricResult, 'verdict' | 'reason'> }) {
  return (
    <Badge color={VERDICT_COLORS[metric.verdict]} variant="light" tt="none" miw="max-content">
      {verdictInWords(metric)}
    </Badge>
  );
}
