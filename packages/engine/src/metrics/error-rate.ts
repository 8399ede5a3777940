/** The two counters that `errorRate` is made of. */
export const REQUESTS = 'requests';
export const ERRORS = 'errors';
