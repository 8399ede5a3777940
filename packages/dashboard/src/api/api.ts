/** Calls to the server that the page came from, in the name of whoever is logged in. */
import './no-made-code.ts';
import { createClient, type SluiceClient } from '@sluice/client/api';
import { timedFetch } from './server-clock.ts';

export const api: SluiceClient = createClient({ url: location.origin, fetch: timedFetch });
