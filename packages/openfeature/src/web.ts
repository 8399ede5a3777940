/** The names of `@sluice/openfeature/web`. */
export type { RefetchSource, WebFlag, WebOptions } from './web-options.ts';
export { SluiceWebProvider } from './web-provider.ts';
