import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const SDK = "export * from '@openfeature/web-sdk';";

async function gzipped(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    ...{ bundle: true, minify: true, write: false, format: 'esm', target: 'es2022', platform: 'browser' },
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
}

it('adds at most 2 kB to the SDK of a page, minified and gzipped', async () => {
  const ours = `${SDK} export { SluiceWebProvider } from '${join(import.meta.dirname, 'web.ts')}';`;
  const added = (await gzipped(ours)) - (await gzipped(SDK));
  expect(added).toBeGreaterThan(500);
  expect(added).toBeLessThanOrEqual(2_048);
});
