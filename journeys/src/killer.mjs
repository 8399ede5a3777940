/** A process that kills the flag `f` of a flag file, says how that came out and then only waits. Takes the file's path. */
import { writeSync } from 'node:fs';
import { createSluice } from 'sluice';

const sluice = createSluice({ file: process.argv[2], breakGlass: { deadlineMs: 200 } });
const { durable } = await sluice.flags.disableFlag('f', { actor: 'ann', reason: 'pager' });
writeSync(1, `${JSON.stringify({ durable, isOn: sluice.flags.isEnabled('f', { userId: 'u' }) })}\n`);
setInterval(() => {}, 1000);
