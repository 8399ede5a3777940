/** The command as a process, on pipes that close and on a terminal of its own (`script` of util-linux makes one). */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const BIN = join(import.meta.dirname, '../bin/sluice.js');
const CTRL_C = '\u0003';
const sluice = (line: string): string => `"${process.execPath}" "${BIN}" ${line}`;

interface Ended {
  readonly exit: number | null;
  readonly out: string;
}

describe('the command as a process', () => {
  let folder: string;
  let last: ChildProcess | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-process-'));
  });
  afterEach(async () => {
    last?.kill();
    await rm(folder, { recursive: true });
  });

  /** What is typed is typed once its cue was written. */
  function run(program: string, args: readonly string[], typed: readonly { cue: RegExp; text: string }[] = []): Promise<Ended> {
    const variables = { ...process.env, SLUICE_URL: '', SLUICE_FILE: '', TERM: 'xterm' };
    const child = spawn(program, args, { cwd: folder, env: variables, stdio: ['pipe', 'pipe', 'inherit'] });
    last = child;
    const waiting = [...typed];
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (waiting[0]?.cue.test(out) === true) child.stdin.write(waiting.shift()?.text ?? '');
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (exit) => resolve({ exit, out }));
    });
  }
  const shell = (line: string) => run('bash', ['-c', line]);
  // `exec`, because a shell that waits would itself end by Ctrl C, and which shell it is depends on the machine.
  const onTerminal = (line: string, ...typed: { cue: RegExp; text: string }[]) =>
    run('script', ['--quiet', '--return', '--command', `stty columns 100 rows 40; exec ${sluice(line)}`, '/dev/null'], typed);

  it('ends quietly and well when nobody reads any more, and closes the file', async () => {
    await shell(sluice('flag create f --file flags.json --percentage 0 --status percentage'));
    const start = 'rollout start f --file flags.json --strategy percentage --stages 10,20,100 --bake 1s --unvalidated --yes';
    await shell(sluice(start));
    const line = `${sluice('rollout watch f --file flags.json')} 2>&1 | head -n 1; echo "code \${PIPESTATUS[0]}"`;
    const watched = await shell(line);
    expect(watched.out).toMatch(/^.+\ncode 0\n$/);
    expect((await shell(sluice('flag get f --file flags.json'))).exit).toBe(0);
  });

  it.runIf(process.platform === 'linux')('says that what it tells cannot be written, as on a full disk', async () => {
    await shell(sluice('flag create f --file flags.json'));
    const full = await shell(`${sluice('export --file flags.json')} 2>&1 >/dev/full; echo "code $?"`);
    expect(full.out).toMatch(/^sluice: what there is to tell cannot be written: .*ENOSPC.*\ncode 5\n$/);
  });

  it('does nothing when a question is answered by Ctrl C', async () => {
    await shell(sluice('flag create f --file flags.json'));
    const asked = await onTerminal('flag enable f --file flags.json', { cue: /\[y\/N\]/, text: CTRL_C });
    expect([asked.exit, asked.out]).toEqual([1, expect.stringContaining('not answered, nothing was done')]);
    expect((await shell(sluice('flag get f --file flags.json --json'))).out).toContain('"status": "disabled"');
    const agreed = await onTerminal('flag enable f --file flags.json', { cue: /\[y\/N\]/, text: 'y\r' });
    expect(agreed.exit).toBe(0);
  });

  it('stops watching at Ctrl C, and the rollout goes on', async () => {
    await shell(sluice('flag create f --file flags.json --percentage 0 --status percentage'));
    await shell(sluice('rollout start f --file flags.json --bake 1h --unvalidated'));
    const watched = await onTerminal('rollout watch f --file flags.json', { cue: /baking/, text: CTRL_C });
    expect(watched.exit).toBe(0);
    expect((await shell(sluice('rollout status f --file flags.json --json'))).out).toContain('"phase": "baking"');
  });
});
