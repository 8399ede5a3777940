/** What the system says of a process; on Linux alone. */
import { readFileSync } from 'node:fs';

/** Microseconds of a tick of the system's account of processor time. */
const TICK_US = 10_000;

/** User and system, of all threads, in microseconds. */
export function cpuUs(pid) {
  // The name of the program, in parentheses, may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** What of it stands in memory, in MB of a million bytes. */
export function rssMb(pid) {
  return (Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024) / 1e6;
}
