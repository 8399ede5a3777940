/** Known ways to have a page run what it was only to show, one of each kind. */
import { readFileSync } from 'node:fs';

export const PAYLOADS: readonly string[] = JSON.parse(readFileSync(new URL('./xss-payloads.json', import.meta.url), 'utf8'));
