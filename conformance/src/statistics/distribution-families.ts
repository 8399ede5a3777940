/** Distributions, and corrections of p-values. */
import {
  benjaminiHochberg,
  bonferroni,
  chiSquareCdf,
  chiSquareLogTail,
  chiSquareTail,
  chiSquareUpperQuantile,
  holm,
  normalCdf,
  normalLogTail,
  normalQuantile,
  normalTail,
  studentTLogTail,
  studentTTail,
  studentTUpperQuantile,
} from '@sluice/core/statistics';
import type { Expected, Family } from './vector.ts';

interface Question {
  readonly fn: string;
  readonly x: number;
  readonly df: number;
  readonly p: number;
  readonly upperTail: number;
}

const ANSWERS: Readonly<Record<string, (question: Question) => Record<string, Expected>>> = {
  normal: ({ x }) => ({
    cdf: normalCdf(x),
    sf: normalTail(x),
    twoSidedP: 2 * normalTail(Math.abs(x)),
    lnSf: normalLogTail(x),
  }),
  normalQuantile: ({ p }) => ({ x: normalQuantile(p) }),
  t: ({ x, df }) => ({
    cdf: studentTTail(-x, df),
    sf: studentTTail(x, df),
    twoSidedP: 2 * studentTTail(Math.abs(x), df),
    lnSf: studentTLogTail(x, df),
  }),
  tQuantileUpper: ({ upperTail, df }) => ({ x: studentTUpperQuantile(upperTail, df) }),
  chi2: ({ x, df }) => ({ cdf: chiSquareCdf(x, df), sf: chiSquareTail(x, df), lnSf: chiSquareLogTail(x, df) }),
  chi2QuantileUpper: ({ upperTail, df }) => ({ x: chiSquareUpperQuantile(upperTail, df) }),
};

export const distributions: Family = ({ input }) => {
  const question = input as unknown as Question;
  return { given: ANSWERS[question.fn]?.(question) ?? {} };
};

export const multipleTesting: Family = ({ input }) => {
  const p = input.p as number[];
  return { given: { holm: holm(p), bh: benjaminiHochberg(p), bonferroni: bonferroni(p) } };
};
