/** What a reading of the collector may be asked for: an argument that is none is named, whoever wrote it. */
import { SluiceError } from '@sluice/core';
import { describeValue } from '../failure.ts';

const KINDS = ['errorRate', 'rate', 'mean', 'quantile'];
const QUERY_FIELDS = ['flag', 'variant', 'windowMs', 'since'];

function invalid(call: string, path: string, message: string): SluiceError {
  return new SluiceError('invalid', `MetricsCollector ${call}: ${`${path} ${message}`.trim()}`, { issues: [{ path, message }] });
}

function fieldsOf(call: string, path: string, value: unknown, form: string): { readonly [field: string]: unknown } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as { readonly [field: string]: unknown };
  throw invalid(call, path, `must be an object such as ${form}; it is ${describeValue(value)}`);
}

/** @throws SluiceError `invalid` */
export function checkMetricName(call: string, name: unknown): void {
  if (typeof name !== 'string' || name === '')
    throw invalid(call, '/name', `must be the name of a metric, a text that is not empty; it is ${describeValue(name)}`);
}

function checkLabels(call: string, path: string, { flag, variant }: { readonly [field: string]: unknown }): void {
  for (const [name, value] of Object.entries({ flag, variant }))
    if (value !== undefined && typeof value !== 'string')
      throw invalid(call, `${path}/${name}`, `must be a text or left out; it is ${describeValue(value)}`);
}

/** @throws SluiceError `invalid` naming the first field that is not as it must be, or that is none */
export function checkMetricsQuery(call: string, query: unknown): void {
  const fields = fieldsOf(call, '/query', query, '{ flag: "checkout", variant: "on" }');
  const stranger = Object.keys(fields).find((field) => !QUERY_FIELDS.includes(field));
  if (stranger !== undefined) throw invalid(call, `/query/${stranger}`, `is not a field; there are ${QUERY_FIELDS.join(', ')}`);
  checkLabels(call, '/query', fields);
  const { windowMs, since } = fields;
  if (windowMs !== undefined && !(typeof windowMs === 'number' && windowMs >= 0))
    throw invalid(call, '/query/windowMs', `must be a number of milliseconds from 0; it is ${describeValue(windowMs)}`);
  if (since !== undefined && (typeof since !== 'number' || Number.isNaN(since)))
    throw invalid(call, '/query/since', `must be an instant in milliseconds since 1970; it is ${describeValue(since)}`);
}

/** @throws SluiceError `invalid` */
export function checkShareOfValues(call: string, q: unknown): void {
  if (!(typeof q === 'number' && q >= 0 && q <= 1))
    throw invalid(call, '/q', `must be a number from 0 to 1; it is ${describeValue(q)}`);
}

/** What `measure` is asked, where no type has checked it. @throws SluiceError `invalid` */
export function checkMeasured(query: unknown, range: unknown): void {
  const { kind, metric, q } = fieldsOf('measure', '/query', query, '{ kind: "errorRate" }');
  if (!KINDS.includes(kind as string))
    throw invalid('measure', '/query/kind', `must be one of ${KINDS.join(', ')}; it is ${describeValue(kind)}`);
  if (kind !== 'errorRate') checkMetricName('measure', metric);
  if (kind === 'quantile') checkShareOfValues('measure', q);
  checkRange('measure', range);
}

function checkRange(call: string, range: unknown): void {
  const fields = fieldsOf(call, '/range', range, '{ from, to }');
  checkLabels(call, '/range', fields);
  for (const name of ['from', 'to'])
    if (typeof fields[name] !== 'number' || Number.isNaN(fields[name]))
      throw invalid(
        call,
        `/range/${name}`,
        `must be an instant in milliseconds since 1970; it is ${describeValue(fields[name])}`,
      );
}
