/** What the log says of segments that a test's eligibility asks for. */
import { type Experiment, segmentChangeInWords, segmentsSinceStart } from '@sluice/core';
import type { Runtime } from './runtime.ts';
import { MAX_LOG_LIMIT } from './store/log-query.ts';

/** For each segment of which who belongs changed since the test began, a sentence that says from when. Of a log of many thousand edits the latest are read. */
export async function eligibilityWarnings({ store, view }: Runtime, experiment: Experiment): Promise<string[]> {
  const said = segmentsSinceStart(experiment, view.segments).map(async (key) => {
    const query = { scope: view.scope, kind: 'segment', key, newestFirst: true, limit: MAX_LOG_LIMIT } as const;
    const versions = (await store.log(query)).flatMap(({ record, at, actor }) =>
      record.kind === 'segment' ? [{ at, actor, segment: record }] : [],
    );
    return segmentChangeInWords(key, experiment, versions.reverse());
  });
  return (await Promise.all(said)).filter((sentence) => sentence !== null);
}
