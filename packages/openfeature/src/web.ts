/** The names of `@sluice/openfeature/web`. */
export { WebCache, type WebStorage } from './web-cache.ts';
export type { RefetchSource, WebFlag, WebOptions, WebValueCache } from './web-options.ts';
export { SluiceWebProvider } from './web-provider.ts';
