/** Imported before the client: the page's policy lets no code be made at run time, so the schemas of the wire do not try to. */
import { config } from 'zod/v4/core';

config({ jitless: true });
