/** What the terminal shows: lines that stay, and on a terminal a live part below them that is drawn again and again. */
import pc from 'picocolors';

const REDRAW_MS = 120;
const WIDTH = 24;

export const colors = pc.createColors(process.stdout.isTTY === true && process.env.NO_COLOR === undefined);

export class Screen {
  readonly #isLive = process.stdout.isTTY === true;
  #draw: (() => readonly string[]) | null = null;
  #drawn = 0;
  #timer: NodeJS.Timeout | null = null;

  /** Lines that stay. */
  say(...lines: readonly string[]): void {
    this.#erase();
    process.stdout.write(`${lines.join('\n')}\n`);
    this.#redraw();
  }

  /** Shows what `draw` answers until the next call; null shows nothing. Not on a pipe, where only lines that stay are worth reading. */
  live(draw: (() => readonly string[]) | null): void {
    this.#erase();
    this.#draw = draw;
    if (!this.#isLive) return;
    if (draw !== null) process.stdout.write('\u001b[?25l');
    this.#timer ??= setInterval(() => this.#redraw(), REDRAW_MS);
    this.#redraw();
  }

  close(): void {
    this.#erase();
    this.#draw = null;
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#isLive) process.stdout.write('\u001b[?25h');
  }

  #redraw(): void {
    if (this.#draw === null || !this.#isLive) return;
    this.#erase();
    const lines = this.#draw();
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) process.stdout.write(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }
}

/** A bar that is full at 1. */
export function bar(part: number): string {
  const full = Math.round(Math.min(1, Math.max(0, part)) * WIDTH);
  return colors.cyan('█'.repeat(full)) + colors.dim('░'.repeat(WIDTH - full));
}

/** The stages of a rollout with the present one marked. */
export function track(percentages: readonly number[], current: number | null): string {
  const mark = (percentage: number, index: number): string => {
    if (current === null || index > current) return colors.dim(`${percentage}`);
    return index === current ? colors.bold(colors.cyan(`[${percentage}]`)) : colors.green(`${percentage}`);
  };
  return `${percentages.map(mark).join(colors.dim(' ── '))} %`;
}
