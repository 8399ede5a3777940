/** Calls to the server that the page came from, in the name of whoever is logged in. */
import { createClient, type SluiceClient } from '@sluice/client/api';

export const api: SluiceClient = createClient({ url: location.origin });
