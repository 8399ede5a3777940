/** The program of the server, with what V8 made of it at an earlier start: compiling it takes a third of a start. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import vm from 'node:vm';

/**
 * `file` stands beside this module, and V8's code of it under the same name with `.code`, if there is any: that of another version of V8 is not taken.
 * Answers what the program exports, the script, and where its code is kept.
 */
export function loadProgram(file) {
  const path = join(import.meta.dirname, file);
  const codePath = `${path}.code`;
  const cachedData = existsSync(codePath) ? readFileSync(codePath) : undefined;
  // esbuild writes ASCII.
  const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(path, 'latin1')}\n})`;
  // V8's code names the file as it was named when it was made, wherever that was.
  const script = new vm.Script(text, { filename: file, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(path), module, path, import.meta.dirname);
  return { program: module.exports, script, codePath };
}
