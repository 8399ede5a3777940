/** What laws draw is the same in each run of the same tests, so that a run says what the change did and not what was drawn; a soak draws anew. */
import fc from 'fast-check';

if (process.env.SLUICE_SOAK === undefined) fc.configureGlobal({ seed: 1_700_000_000 });
