import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['sluice-source'] },
  ssr: { resolve: { conditions: ['sluice-source'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'examples/*/src/**/*.test.ts',
      'conformance/**/*.test.ts',
      'journeys/**/*.test.ts',
      'docs/**/*.test.ts',
      '*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', 'bench/**'],
    globalSetup: './prepare-tests.ts',
    // Much of the suite waits for servers, databases and browsers: two cores are not busy with one file at a time.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What comes to hold does so in its own time on a busy machine.
    expect: { poll: { timeout: 20_000 } },
  },
});
