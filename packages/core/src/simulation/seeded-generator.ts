/** Reproducible randomness: sfc32 (Doty-Humphrey, PractRand), seeded by a hash of a text (FNV-1a). */

/** The same seed gives the same numbers, at least 0 and below 1, on every machine. */
export function seededGenerator(seed: string): () => number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < seed.length; index++) hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193);
  let [a, b, c, counter] = [hash | 0, Math.imul(hash, 0x9e3779b1) | 0, ~hash | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 20; round++) next();
  return () => next() / 4294967296;
}
