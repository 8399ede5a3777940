/** What a variant may be called and what it may give, in code, file and document alike. */
import type { Issue } from '../error.ts';
import { copyJson, isJsonObject } from '../json.ts';
import { jsonSize } from '../json-size.ts';
import { loneSurrogateIn, MAX_LABEL_LENGTH, textProblem } from '../text-limits.ts';
import { pointerPart } from './parse-condition.ts';
import { shown } from './shown.ts';

/** Of one value as JSON: every unit that is served it gets it whole. */
export const MAX_VALUE_BYTES = 65_536;

/** Every issue of values by variant name. */
export function variantValueIssues(values: { readonly [name: string]: unknown }, path: string): Issue[] {
  return Object.entries(values).flatMap(([name, value]): Issue[] => {
    const unnamed = textProblem(name, MAX_LABEL_LENGTH);
    if (unnamed !== null) return [{ path, message: `has the variant ${shown(name)}; its name ${unnamed}` }];
    return valueIssues(value, `${path}/${pointerPart(name)}`);
  });
}

function valueIssues(value: unknown, path: string): Issue[] {
  if (typeof value === 'boolean') return [];
  if (copyJson(value) === undefined)
    return [{ path, message: `must be JSON with finite numbers and at most 64 levels; it is ${shown(value)}` }];
  const size = jsonSize(value, Number.MAX_SAFE_INTEGER);
  if (size > MAX_VALUE_BYTES)
    return [
      {
        path,
        message: `may have at most ${MAX_VALUE_BYTES} bytes as JSON; it has ${size}; keep what is larger beside it, and its name here`,
      },
    ];
  return loneSurrogateIssues(value, path);
}

/** The texts in it, the keys of its objects too. */
function loneSurrogateIssues(value: unknown, path: string): Issue[] {
  if (typeof value === 'string') {
    const problem = textProblem(value, Number.POSITIVE_INFINITY);
    return problem === null ? [] : [{ path, message: problem }];
  }
  if (Array.isArray(value)) return value.flatMap((member: unknown, index) => loneSurrogateIssues(member, `${path}/${index}`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]): Issue[] => {
    const index = loneSurrogateIn(key);
    return index < 0
      ? loneSurrogateIssues(member, `${path}/${pointerPart(key)}`)
      : [
          {
            path,
            message: `has the key ${shown(key)}, which must be well-formed Unicode; at index ${index} is half of a surrogate pair alone`,
          },
        ];
  });
}
