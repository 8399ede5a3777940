/** What time it is for the server, which is who says when something happened: a browser's clock may be wrong by an hour. */

let aheadMs = 0;

export function serverNow(): number {
  return Date.now() + aheadMs;
}

/** As `fetch`; hears from every answer what time it was. */
export const timedFetch: typeof fetch = async (...asked) => {
  const sent = Date.now();
  const answer = await fetch(...asked);
  const said = Date.parse(answer.headers.get('date') ?? '');
  if (!Number.isNaN(said)) aheadMs = clockAhead(said, sent, Date.now());
  return answer;
};

/**
 * The least number of milliseconds by which the server's clock can be ahead, below zero behind. `said` are whole seconds, cut off, and
 * were true at some instant between `sent` and `received`: as long as the two clocks can be equal they are.
 */
export function clockAhead(said: number, sent: number, received: number): number {
  const [least, most] = [said - received, said + 999 - sent];
  return Math.max(least, Math.min(0, most));
}
