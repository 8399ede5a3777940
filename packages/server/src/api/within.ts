/** Core names places in what it was given; callers sent that within an envelope. */
import { SluiceError } from 'sluice';

/** Does `work`, and puts `at` before the places that its failure names. `at` is the JSON pointer of what it was given in the body. */
export async function within<T>(at: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SluiceError) || error.issues.length === 0) throw error;
    const issues = error.issues.map((issue) => ({
      ...issue,
      path: OF_THE_ENVELOPE.has(issue.path) ? issue.path : `${at}${issue.path}`,
    }));
    throw new SluiceError(error.code, error.message, { issues, cause: error });
  }
}

/** Options that stand beside the settings, not in them. */
const OF_THE_ENVELOPE: ReadonlySet<string> = new Set(['/reason', '/actor', '/onConflict']);
