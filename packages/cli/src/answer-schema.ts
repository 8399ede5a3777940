/** The schema of what a command prints with `--json`: mostly what its route answers. */
import { type CallId, routeOf } from '@sluice/client';
import { SluiceError } from '@sluice/core';
import type { z } from 'zod';

export function answerOf(id: CallId): z.ZodType {
  const { answers } = routeOf(id);
  const schema = answers[200] ?? answers[201];
  if (schema === undefined || schema === null) throw new SluiceError('invalid', `the route ${id} answers nothing`);
  return schema;
}
