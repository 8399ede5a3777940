/** `npm run conformance:statistics -- DIR`: checks every file of vectors in a folder against the engine's functions. */
import { resolve } from 'node:path';
import { checkFolder } from './check-folder.ts';

const OWN_VECTORS = resolve(import.meta.dirname, '../../statistics');

process.exitCode = checkFolder(resolve(process.argv[2] ?? OWN_VECTORS), console.log) ? 0 : 1;
