/** The library in the service's own process decides, and is told how it went. */
import { type Sluice, TestVariant } from 'sluice';
import { type Assignment, FLAG, STABLE, TEST } from '../assignment.ts';

export function assignInProcess(sluice: Sluice, userId: string): Assignment {
  return isTesting(sluice) ? assignByTest(sluice, userId) : assignByFlag(sluice, userId);
}

function isTesting(sluice: Sluice): boolean {
  return sluice.abTests.listTests().some((test) => test.testId === TEST && test.phase === 'running');
}

function assignByFlag(sluice: Sluice, userId: string): Assignment {
  const component = sluice.flags.getVariant(FLAG, { userId }, STABLE);
  const labels = { flag: FLAG, variant: component, unit: userId };
  sluice.metrics.count('requests', labels);
  return {
    component,
    succeeded: (latencyMs) => sluice.metrics.observe('latency', latencyMs, labels),
    failed: () => sluice.metrics.count('errors', labels),
    measured: (metric, value) => sluice.metrics.observe(metric, value, labels),
  };
}

function assignByTest(sluice: Sluice, userId: string): Assignment {
  const variant = sluice.abTests.getVariant(TEST, { userId });
  const { controlComponent, treatmentComponent } = sluice.abTests.getTest(TEST);
  const record = (metric: string, value: number): void => {
    sluice.abTests.recordMetric(TEST, variant, metric, value, { userId });
  };
  return {
    component: variant === TestVariant.CONTROL ? controlComponent : treatmentComponent,
    succeeded: (latencyMs) => record('latency', latencyMs),
    failed: () => record('errors', 1),
    measured: record,
  };
}
