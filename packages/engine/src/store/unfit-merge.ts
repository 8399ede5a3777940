/** An edit of the flag file and a change that it did not know, each right by itself, may not fit together. */
import { type FileFlag, type Flag, formatFlag, type Issue, parseFlagFile } from '@sluice/core';

/** What is wrong with the flags as they would be, at their places among `written`. */
export function unfitMergeIssues(written: readonly FileFlag[], flags: Iterable<Flag>): readonly Issue[] {
  const living = [...flags].filter((flag) => flag.archivedAt === null);
  const parsed = parseFlagFile({ flags: living.map(formatFlag) });
  if ('flags' in parsed) return [];
  return parsed.issues.map((issue): Issue => {
    const [, , index = '', ...rest] = issue.path.split('/');
    const name = living[Number(index)]?.key;
    const place = written.findIndex((entry) => entry.name === name);
    const path = place < 0 ? '' : ['', 'flags', place, ...rest].join('/');
    return {
      path,
      message: `${place < 0 ? `leaves the flag "${name}" wrong: it ` : ''}${issue.message} (with what was changed meanwhile)`,
    };
  });
}
