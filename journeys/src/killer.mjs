/**
 * A process that kills the flag `f` of a flag file, or with a version rolls the component `ner_model` back to it, says how that came out once
 * its line is on the disk, and then only waits. Takes the file's path, and the version.
 */
import { writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { createSluice } from 'sluice';

const [, , file, version] = process.argv;
const by = { actor: 'ann', reason: 'pager' };
const { flags, rollbacks } = createSluice({ file, breakGlass: { deadlineMs: 200 } });
const { durable } =
  version === undefined
    ? await flags.disableFlag('f', by)
    : await rollbacks.rollbackImmediate('ner_model', { ...by, rollbackToVersion: version });
// A disk may take longer than the deadline: whoever dies before it has taken the line loses it.
while (flags.listPendingKills().some(({ isJournalled }) => !isJournalled)) await wait(10);
const served = { isOn: flags.isEnabled('f', { userId: 'u' }), version: flags.getVariant('ner_model', { userId: 'u' }) };
writeSync(1, `${JSON.stringify({ durable, ...served })}\n`);
setInterval(() => {}, 1000);
