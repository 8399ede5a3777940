/** What a process of another package that serves needs, as one program that starts fast: its `SluiceError` is a class of its own. */
export { SluiceError } from 'sluice';
export { serverLog } from './request-log.ts';
export { runServer } from './run-server.ts';
export { readSettings } from './settings.ts';
export { type RunningServer, startServer } from './start.ts';
