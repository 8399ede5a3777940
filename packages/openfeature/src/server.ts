/** The names of `@sluice/openfeature/server`. */
export { SluiceProvider } from './server-provider.ts';
export { type UnitContextHandler, unitContext } from './unit-context.ts';
