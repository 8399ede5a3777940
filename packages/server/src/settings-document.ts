/** Settings that are too much for one variable's text: JSON as it stands, or the path of a file that holds it. */
import { readFile } from 'node:fs/promises';
import { SluiceError } from '@sluice/core';

export type JsonObject = Readonly<Record<string, unknown>>;

/** `text` is JSON where it begins with a brace or bracket. @throws SluiceError `invalid` naming the variable, and the file */
export async function readSettingsDocument(variable: string, text: string): Promise<JsonObject> {
  const isInline = /^\s*[[{]/.test(text);
  const place = isInline ? variable : `${variable} (${text})`;
  const content = isInline ? text : await contentOf(place, text);
  const value = asObject(parsed(place, content));
  if (value === null) throw invalid(place, 'must be a JSON object by name');
  return value;
}

export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

async function contentOf(place: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw invalid(
      place,
      `must be a JSON object, or the path of a file with one; that cannot be read: ${(error as Error).message}`,
    );
  }
}

/** What the parser says would repeat a part of the text, which holds secrets. */
function parsed(place: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw invalid(place, 'is no JSON');
  }
}

function invalid(place: string, message: string): SluiceError {
  return new SluiceError('invalid', `${place}: ${message}`, { issues: [{ path: '', message }] });
}
