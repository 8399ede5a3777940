/** `npm run conformance:statistics -- DIR`: checks every file of vectors in a folder against the engine's functions. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkVectorFile } from './families.ts';

const OWN_VECTORS = resolve(import.meta.dirname, '../../statistics');

function main(folder: string): number {
  let [passed, failed] = [0, 0];
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.json')) continue;
    const content = jsonOf(readFileSync(join(folder, name), 'utf8'));
    if (content === undefined) {
      failed += 1;
      console.log(`${name}: 0 passed, 1 failed\n  it is no JSON`);
      continue;
    }
    const checked = checkVectorFile(content);
    if (checked === null) {
      console.log(`${name}: no vectors of a known family, left out`);
      continue;
    }
    passed += checked.passed;
    failed += checked.failures.length;
    console.log(`${checked.family}: ${checked.passed} passed, ${checked.failures.length} failed`);
    for (const failure of checked.failures) console.log(`  ${failure}`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

/** Undefined for a text that is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

process.exitCode = main(resolve(process.argv[2] ?? OWN_VECTORS));
