/** The seam between the service and Sluice: one call before the work, one after it. */
import { type Sluice, TestVariant } from 'sluice';

/** The flag whose variants are the components. */
export const FLAG = 'person_finder';
/** The test that, while it runs, decides instead. */
export const TEST = 'compromise_vs_wink';
/** The component that, once it has a version, answers instead of both. */
export const COMPONENT = 'threaded_finder';
/** Served when nothing else can be: the component that has always worked. */
export const STABLE = 'compromise';

export interface Assignment {
  readonly component: string;
  succeeded(latencyMs: number): void;
  failed(): void;
  measured(metric: string, value: number): void;
}

export function assign(sluice: Sluice, userId: string): Assignment {
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
