/** Where OFREP's paths begin. */
export const OFREP_PREFIX = '/ofrep/v1';
