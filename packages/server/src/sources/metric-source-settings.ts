/** The metric servers that a server is started with: by name, of which kind, and how each is asked. */
import { type Issue, type Scope, SluiceError } from '@sluice/core';
import {
  type HttpJsonSourceOptions,
  httpJsonSource,
  type MetricSource,
  type PrometheusSourceOptions,
  prometheusSource,
} from 'sluice';
import type { Outbound } from '../outbound/outbound.ts';
import { asObject, type JsonObject, readSettingsDocument } from '../settings-document.ts';

/** The name of the environment variable that they stand in. */
export const METRIC_SOURCES = 'SLUICE_METRIC_SOURCES';

/** A source as one environment has it: what its criteria ask is asked of this environment's traffic. */
export interface NamedMetricSource {
  readonly name: string;
  readonly sourceFor: (scope: Scope) => MetricSource;
}

const KINDS = ['prometheus', 'httpJson'] as const;
const FIELDS: Readonly<Record<(typeof KINDS)[number], readonly string[]>> = {
  prometheus: ['kind', 'url', 'queries', 'headers', 'countEveryMs'],
  httpJson: ['kind', 'url', 'pointer', 'samples', 'newestAt', 'events', 'countEveryMs', 'headers'],
};
const TRIED: Scope = { project: 'project', environment: 'environment' };

/**
 * Reads `{ "prometheus": { "kind": "prometheus", "url": "http://…", "queries": { … } }, "shop": { "kind": "httpJson", "url": "https://…", … } }`, or the file
 * that the text names. Besides what the sources fill in, `$project` and `$environment` in queries, and `{project}` and `{environment}` in the URL of
 * a JSON endpoint, stand for whose rollout asks.
 * @throws SluiceError `invalid` naming every bad place, and no header's value
 */
export async function parseMetricSourceSettings(
  text: string,
  outbound: Outbound,
  onUnresolved?: (name: string, host: string) => void,
): Promise<readonly NamedMetricSource[]> {
  const settings = await readSettingsDocument(METRIC_SOURCES, text);
  const issues: Issue[] = [];
  const sources: NamedMetricSource[] = [];
  for (const [name, given] of Object.entries(settings)) {
    const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const found = await sourceIssues(name, asObject(given), path, {
      outbound,
      onUnresolved: onUnresolved && ((host) => onUnresolved(name, host)),
    });
    issues.push(...found);
    if (found.length === 0) sources.push({ name, sourceFor: (scope) => sourceOf(given as JsonObject, scope, outbound) });
  }
  if (issues.length === 0) return sources;
  const told = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new SluiceError('invalid', `${METRIC_SOURCES}: ${told}`, { issues });
}

interface Checking {
  readonly outbound: Outbound;
  readonly onUnresolved: ((host: string) => void) | undefined;
}

async function sourceIssues(name: string, given: JsonObject | null, path: string, checking: Checking): Promise<Issue[]> {
  const { outbound, onUnresolved } = checking;
  if (name === '' || name === 'collector')
    return [{ path, message: 'must have another name: "collector" is what was sent to this server' }];
  const kind = KINDS.find((known) => known === given?.kind);
  if (given === null || kind === undefined)
    return [{ path: `${path}/kind`, message: `must be ${KINDS.map((known) => `"${known}"`).join(' or ')}` }];
  const fields = FIELDS[kind];
  const strangers = Object.keys(given).filter((field) => !fields.includes(field));
  const issues: Issue[] = strangers.map((field) => ({
    path: `${path}/${field}`,
    message: `is not known; there are ${fields.join(', ')}`,
  }));
  const checks = [
    async () => void (await outbound.check(filledUrl(given.url, TRIED), `${path}/url`, onUnresolved)),
    async () => void sourceOf(given, TRIED, outbound),
  ];
  for (const check of checks) {
    if (issues.some((issue) => issue.path === `${path}/url`)) break;
    issues.push(...(await issuesOf(check, path)));
  }
  return issues;
}

async function issuesOf(check: () => Promise<void>, path: string): Promise<readonly Issue[]> {
  try {
    await check();
    return [];
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    const { issues, message } = error;
    if (issues.length === 0) return [{ path, message }];
    return issues.map((issue) => (issue.path.startsWith(path) ? issue : { ...issue, path: `${path}${issue.path}` }));
  }
}

/** @throws SluiceError `invalid` */
function sourceOf({ kind, ...given }: JsonObject, scope: Scope, { clock, fetch }: Outbound): MetricSource {
  const shared = { clock, fetch };
  if (kind === 'httpJson')
    return httpJsonSource({
      ...(given as unknown as HttpJsonSourceOptions),
      url: filledUrl(given.url, scope) as string,
      ...shared,
    });
  const queries = filledQueries(given.queries, scope) as PrometheusSourceOptions['queries'];
  return prometheusSource({ ...(given as unknown as PrometheusSourceOptions), queries, ...shared });
}

function filledUrl(url: unknown, scope: Scope): unknown {
  if (typeof url !== 'string') return url;
  return url.replace(/\{(project|environment)\}/g, (_, word: keyof Scope) => encodeURIComponent(scope[word]));
}

/** JSON's way to quote is one that PromQL reads. */
function filledQueries(queries: unknown, scope: Scope): unknown {
  if (typeof queries === 'string')
    return queries.replace(/\$(project|environment)\b/g, (_, word: keyof Scope) => JSON.stringify(scope[word]));
  const members = asObject(queries);
  if (members === null) return queries;
  return Object.fromEntries(Object.entries(members).map(([name, query]) => [name, filledQueries(query, scope)]));
}
