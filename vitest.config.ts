import { join, relative } from 'node:path';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { APART, LONGEST } from './test-order.ts';

/**
 * Those apart first, so that all others follow one another in the same processes; then the longest, with the others spread between them: most of what is long
 * waits, most of what is short computes.
 */
class Spread extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = (file: TestSpecification): number => LONGEST.indexOf(relative(this.ctx.config.root, file.moduleId));
    const sorted = await super.sort(files);
    const apart = sorted.filter(({ project }) => project.config.isolate);
    const longest = sorted.filter((file) => !apart.includes(file) && rank(file) >= 0).sort((a, b) => rank(a) - rank(b));
    const others = sorted.filter((file) => !apart.includes(file) && rank(file) < 0);
    const each = Math.ceil(others.length / Math.max(1, longest.length));
    const spread = longest.flatMap((file, index) => [file, ...others.slice(index * each, (index + 1) * each)]);
    return [...apart, ...(longest.length === 0 ? others : spread)];
  }
}

/** What all tests have in common. */
const project = (name: string, test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration => ({
  resolve: { conditions: ['sluice-source'] },
  ssr: { resolve: { conditions: ['sluice-source'] } },
  test: {
    name,
    setupFiles: [join(import.meta.dirname, 'seeded-laws.ts')],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What comes to hold does so in its own time on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    ...test,
  },
});

export default defineConfig({
  test: {
    globalSetup: './prepare-tests.ts',
    // Much of the suite waits for servers, databases and browsers: two cores are not busy with two files at a time.
    maxWorkers: 3,
    sequence: { sequencer: Spread },
    projects: [
      project('apart', { include: [...APART] }),
      // Loading what they test costs most files more than testing it: a process loads it once for all that it runs.
      project('shared', {
        isolate: false,
        include: [
          'packages/*/src/**/*.test.ts',
          'examples/*/src/**/*.test.ts',
          'conformance/**/*.test.ts',
          'journeys/**/*.test.ts',
          'docs/**/*.test.ts',
          '*.test.ts',
        ],
        exclude: [...configDefaults.exclude, '**/dist/**', 'bench/**', ...APART],
      }),
    ],
  },
});
