/** Numbers in the form of the sentences that they stand in, whatever the browser's is; figures of statistics as short as they may be said. */

/** As in `10,000`. */
export function counted(count: number): string {
  return count.toLocaleString('en');
}

/** As in `+3.2 %`; a dash for what is not known. `fraction` is 0.032. */
export function signedPercent(fraction: number | null): string {
  return fraction === null ? '–' : `${signed(fraction * 100, 2)} %`;
}

/** Odds and percentages of a sentence keep together where its line ends. */
export function unbroken(sentence: string): string {
  return sentence.replaceAll(/(\d) : (?=\d)/g, '$1\u00a0:\u00a0').replaceAll(/(\d) %/g, '$1\u00a0%');
}

/** Three digits, with its sign. */
export function signed(value: number, digits = 3): string {
  const rounded = Number(value.toPrecision(digits));
  return `${rounded > 0 ? '+' : rounded < 0 ? '−' : ''}${figure(Math.abs(rounded), digits)}`;
}

export function figure(value: number | null, digits = 3): string {
  return value === null ? '–' : Number(value.toPrecision(digits)).toLocaleString('en', { maximumFractionDigits: 6 });
}

/** A chance; below one in ten thousand it is only said that it is. */
export function chance(p: number | null): string {
  if (p === null) return '–';
  return p < 0.0001 ? '< 0.0001' : String(Number(p.toPrecision(2)));
}

/** The smallest of 1, 2 and 5 times a power of ten that is no less: the end or the step of an axis. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (([1, 2, 5, 10].find((step) => step * power >= value * (1 - 1e-9)) ?? 10) as number) * power;
}
