/** What has to be known of a rollout on a file. */
export const ADVANCES_WHILE_OPEN =
  'A rollout on a file advances only while a process has the file open: the service that uses it, or sluice rollout watch.';
export const MADE_WHILE_OPEN =
  'A scheduled edit on a file is made only while a process has the file open: at its instant, or when one next opens it.';
