/** The names of `@sluice/cli`. */
export { EXIT_CODES, type Exit } from './exit-code.ts';
export { runCli } from './run.ts';
export type { Terminal } from './terminal.ts';
