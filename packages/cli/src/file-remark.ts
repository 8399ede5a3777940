/** What has to be known of a rollout on a file. */
export const ADVANCES_WHILE_OPEN =
  'A rollout on a file advances only while a process has the file open: the service that uses it, or sluice rollout watch.';
