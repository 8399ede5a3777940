/** A process that changes flags as fast as it can and says what was acknowledged. Takes the flag file's path and its own name. */
import { writeSync } from 'node:fs';
import { createSluice, fileStore } from 'sluice';

const [file, name] = process.argv.slice(2);
const sluice = createSluice({ store: fileStore(file, { segmentBytes: 20_000 }) });
const say = (line) => writeSync(1, `${JSON.stringify(line)}\n`);
let isOver = false;
process.on('SIGTERM', () => {
  isOver = true;
});
sluice.on('problem', (problem) => say({ problem: problem.message }));
for (let write = 1; !isOver; write++) {
  const flag = `${name}-${write % 3}`;
  try {
    await sluice.flags.setFlag(flag, { enabled: true, rolloutPercentage: write % 101, description: String(write) });
    say({ flag, write });
  } catch (error) {
    say({ failed: error.message, flag, write });
  }
}
await sluice.close();
