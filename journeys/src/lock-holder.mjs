/** A process that holds the lock of a flag file, as one that hangs while it writes would. Takes the file's path; lets go when it is killed. */
import { mkdirSync, utimesSync, writeSync } from 'node:fs';

const lock = `${process.argv[2]}.lock`;
mkdirSync(lock);
setInterval(() => utimesSync(lock, new Date(), new Date()), 200);
writeSync(1, 'held\n');
