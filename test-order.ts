/** Which test files have a process of their own, and which begin first. */

/** They change or measure their own process: no other file is in it. */
export const APART: readonly string[] = [
  // They change the working directory.
  'docs/examples/readme.test.ts',
  'docs/examples/sql-store.test.ts',
  // They mock a module of Node's.
  'packages/engine/src/store/failing-disk.test.ts',
  'packages/engine/src/store/power-loss.test.ts',
  // They count what the process holds.
  'packages/engine/src/clock/system-clock.test.ts',
  'packages/server/src/many-tokens.test.ts',
];

/** Those that take more than ten seconds, the longest first: begun late, one alone would keep the whole run waiting. */
export const LONGEST: readonly string[] = [
  'examples/ner-service/src/demo.test.ts',
  'journeys/src/page/page.test.ts',
  'journeys/src/page/accessible.test.ts',
  'journeys/src/page/payloads.test.ts',
  'journeys/src/killed.test.ts',
  'journeys/src/page/rollback.test.ts',
  'docs/examples/first-canary.test.ts',
  'journeys/src/page/accessible-dialogs.test.ts',
  'journeys/src/connection/programs-and-a-page.test.ts',
  'journeys/src/packed/packed.test.ts',
  'journeys/src/page/targeting.test.ts',
  'journeys/src/page/live-canary.test.ts',
  'journeys/src/page/automatic-rollback.test.ts',
  'journeys/src/page/accessible-administration.test.ts',
  'journeys/src/page/typed-payloads.test.ts',
  'journeys/src/server/postgres-away.test.ts',
  'journeys/src/page/tests.test.ts',
  'journeys/src/page/while-typing.test.ts',
  'packages/engine/src/store/sql/postgres-trouble.test.ts',
  'journeys/src/page/administration.test.ts',
  'journeys/src/server/contested-rollouts.test.ts',
  'journeys/src/page/simulation.test.ts',
  'journeys/src/page/many-flags.test.ts',
  'journeys/src/page/reconnecting.test.ts',
  'packages/cli/src/main.test.ts',
  'journeys/src/server/frozen-holder.test.ts',
  'journeys/src/server/sqlite-away.test.ts',
  'packages/server/src/sources/judged-rollouts.test.ts',
  'journeys/src/sleeping.test.ts',
  'conformance/src/simulation/simulation.test.ts',
  'journeys/src/model/histories.test.ts',
  'packages/core/src/simulation/simulate-rollout.test.ts',
  'packages/server/src/stalled-readers.test.ts',
];
