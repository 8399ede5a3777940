/** Checks every file of vectors in a folder against the engine's functions. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkVectorFile } from './families.ts';

/** Prints a line a family, what failed, and how many passed and failed. @returns whether some passed and none failed */
export function checkFolder(folder: string, print: (line: string) => void): boolean {
  let [passed, failed] = [0, 0];
  for (const name of namesIn(folder, print)) {
    const content = jsonOf(readFileSync(join(folder, name), 'utf8'));
    if (content === undefined) {
      failed += 1;
      print(`${name}: 0 passed, 1 failed\n  it is no JSON`);
      continue;
    }
    const checked = checkVectorFile(content);
    if (checked === null) {
      print(`${name}: no vectors of a known family, left out`);
      continue;
    }
    passed += checked.passed;
    failed += checked.failures.length;
    print(`${checked.family}: ${checked.passed} passed, ${checked.failures.length} failed`);
    for (const failure of checked.failures) print(`  ${failure}`);
  }
  print(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}

/** None of a folder that cannot be read, which is said. */
function namesIn(folder: string, print: (line: string) => void): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    if (names.length === 0) print(`there is no .json file in ${folder}`);
    return names.sort();
  } catch (error) {
    print(`${folder} cannot be read as a folder of vectors: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

/** Undefined for a text that is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
