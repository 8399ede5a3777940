import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeSuite } from '@sluice/conformance';
import { fileStore } from './file-store.ts';

for (const segmentBytes of [undefined, 2_000]) {
  storeSuite(`the file store${segmentBytes === undefined ? '' : ' with short journal segments'}`, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-'));
    const file = join(directory, 'config', 'feature_flags.json');
    const open = () => fileStore(file, { watch: false, ...(segmentBytes === undefined ? {} : { segmentBytes }) });
    let store = open();
    return {
      store,
      reopen: async () => {
        await store.close();
        store = open();
        return store;
      },
      cleanUp: async () => {
        await store.close();
        await rm(directory, { recursive: true });
      },
    };
  });
}
