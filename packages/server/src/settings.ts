/** What the server is told by its environment: read once, checked whole, every fault named. */
import { nearest, shown } from '@sluice/core';
import { type Issue, SluiceError } from 'sluice';
import { parsePeers } from './break-glass/peers.ts';
import { ALLOW_OUTBOUND, type OutboundPolicy, parseOutboundPolicy } from './outbound/outbound-policy.ts';
import { METRIC_SOURCES } from './sources/metric-source-settings.ts';
import { VALIDATORS } from './validators/validator-settings.ts';

export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Folder of the server's files. */
  readonly dataFolder: string;
  /** A PostgreSQL to keep everything in; null is SQLite in the folder. */
  readonly databaseUrl: string | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Of one caller. */
  readonly requestsPerMinute: number;
  /** Requests without a good token, of one address. */
  readonly failedLoginsPerMinute: number;
  /** OFREP answers only the reasons and values of its schema. */
  readonly isOfrepStrict: boolean;
  /** How many proxies stand before it, each of which adds an address to X-Forwarded-For: so many are believed, from the right. */
  readonly trustedProxies: number;
  /** Whether people come by HTTPS alone: cookies are then sent by no other way. */
  readonly isSecure: boolean;
  /** A replica that drives a rollout and is silent for so long loses it to another, in milliseconds. The same in every replica. */
  readonly leaseMs: number;
  /** The file of the break-glass token; null is one of the data folder's own. The same token in every replica where it is shared. */
  readonly breakGlassTokenFile: string | null;
  /** Other replicas, to which a kill is passed on that the database does not take. */
  readonly peers: readonly URL[];
  /** Where kills stand that the store does not take; null is a file of the data folder. */
  readonly breakGlassJournal: string | null;
  /** What session cookies are signed with; null is a key of the data folder's own. Needed where replicas share a database. */
  readonly sessionKey: string | null;
  /** Where this server may call beyond the public internet. */
  readonly outbound: OutboundPolicy;
  /** Validators over HTTP, as JSON or the path of a file; null for none. */
  readonly validators: string | null;
  /** Metric servers, as JSON or the path of a file; null for none. */
  readonly metricSources: string | null;
  /** Where people find the server, which messages link to; null for messages without a link. */
  readonly publicUrl: URL | null;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const DEFAULT_SETTINGS: Settings = Object.freeze({
  host: '127.0.0.1',
  port: 4400,
  dataFolder: './data',
  databaseUrl: null,
  logLevel: 'info',
  requestsPerMinute: 60_000,
  failedLoginsPerMinute: 60,
  isOfrepStrict: false,
  trustedProxies: 0,
  isSecure: false,
  leaseMs: 15_000,
  breakGlassTokenFile: null,
  peers: [],
  breakGlassJournal: null,
  sessionKey: null,
  outbound: parseOutboundPolicy(),
  validators: null,
  metricSources: null,
  publicUrl: null,
});

/** Their values are told nowhere. */
const SECRET = ['DATABASE_URL', 'SLUICE_SESSION_KEY', VALIDATORS, METRIC_SOURCES];

type Variables = Readonly<Record<string, string | undefined>>;

/** An empty variable is one that is not set. @throws SluiceError `invalid` naming every variable that is wrong */
export function readSettings(variables: Variables): Settings {
  const issues: Issue[] = [];
  const known: string[] = [];
  const take = <T>(name: string, fallback: T, read: (text: string) => { readonly value: T } | string): T => {
    known.push(name);
    const text = variables[name];
    if (text === undefined || text === '') return fallback;
    const found = read(text);
    if (typeof found !== 'string') return found.value;
    issues.push({ path: name, message: `${found}; it is ${SECRET.includes(name) ? 'not shown' : shown(text)}` });
    return fallback;
  };
  const settings: Settings = {
    host: take('SLUICE_HOST', DEFAULT_SETTINGS.host, anyText),
    port: take('SLUICE_PORT', DEFAULT_SETTINGS.port, wholeNumber(0, 65_535)),
    dataFolder: take('SLUICE_DATA', DEFAULT_SETTINGS.dataFolder, anyText),
    databaseUrl: take('DATABASE_URL', DEFAULT_SETTINGS.databaseUrl, databaseUrl),
    logLevel: take('SLUICE_LOG_LEVEL', DEFAULT_SETTINGS.logLevel, logLevel),
    requestsPerMinute: take('SLUICE_REQUESTS_PER_MINUTE', DEFAULT_SETTINGS.requestsPerMinute, wholeNumber(1, 1e9)),
    failedLoginsPerMinute: take('SLUICE_FAILED_LOGINS_PER_MINUTE', DEFAULT_SETTINGS.failedLoginsPerMinute, wholeNumber(1, 1e9)),
    isOfrepStrict: take('SLUICE_OFREP_STRICT', DEFAULT_SETTINGS.isOfrepStrict, yesOrNo),
    trustedProxies: take('SLUICE_TRUST_PROXY', DEFAULT_SETTINGS.trustedProxies, proxies),
    isSecure: take('SLUICE_SECURE_COOKIES', DEFAULT_SETTINGS.isSecure, yesOrNo),
    leaseMs: take('SLUICE_LEASE_MS', DEFAULT_SETTINGS.leaseMs, wholeNumber(100, 3_600_000)),
    breakGlassTokenFile: take('SLUICE_BREAK_GLASS_TOKEN_FILE', DEFAULT_SETTINGS.breakGlassTokenFile, anyText),
    peers: take('SLUICE_PEERS', DEFAULT_SETTINGS.peers, parsePeers),
    breakGlassJournal: take('SLUICE_BREAK_GLASS_JOURNAL', DEFAULT_SETTINGS.breakGlassJournal, anyText),
    sessionKey: take('SLUICE_SESSION_KEY', DEFAULT_SETTINGS.sessionKey, sessionKey),
    outbound: take(ALLOW_OUTBOUND, DEFAULT_SETTINGS.outbound, outboundPolicy),
    validators: take(VALIDATORS, DEFAULT_SETTINGS.validators, anyText),
    metricSources: take(METRIC_SOURCES, DEFAULT_SETTINGS.metricSources, anyText),
    publicUrl: take('SLUICE_PUBLIC_URL', DEFAULT_SETTINGS.publicUrl, publicUrl),
  };
  issues.push(...misspelt(variables, known), ...missingBeside(settings, issues.length > 0));
  if (issues.length === 0) return settings;
  throw new SluiceError('invalid', `settings: ${issues.map(({ path, message }) => `${path} ${message}`).join('; ')}`, { issues });
}

/** What stands alone and needs another variable. Where one is wrong it may be the one that is needed. */
function missingBeside({ databaseUrl, sessionKey, peers, breakGlassTokenFile }: Settings, isWrong: boolean): Issue[] {
  if (isWrong) return [];
  const missing: Issue[] = [];
  if (databaseUrl !== null && sessionKey === null)
    missing.push({ path: 'SLUICE_SESSION_KEY', message: 'is needed with DATABASE_URL: the same random text for every replica' });
  if (peers.length > 0 && breakGlassTokenFile === null)
    missing.push({
      path: 'SLUICE_BREAK_GLASS_TOKEN_FILE',
      message: 'is needed with SLUICE_PEERS: the same token for every replica',
    });
  return missing;
}

const PREFIX = 'SLUICE_';

/** Variables that are nearly one of the server's. Others with its prefix are of the command or of tests, and none of its business. */
function misspelt(variables: Variables, known: readonly string[]): Issue[] {
  const rests = known.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
  return Object.keys(variables).flatMap((name) => {
    if (!name.startsWith(PREFIX) || known.includes(name) || (variables[name] ?? '') === '') return [];
    const meant = meantBy(name.slice(PREFIX.length), rests);
    if (meant === null) return [];
    return [{ path: name, message: `is no variable of the server (did you mean "${PREFIX}${meant}"?)` }];
  });
}

function meantBy(rest: string, known: readonly string[]): string | null {
  const letters = (text: string): string => [...text].sort().join('');
  const swapped = known.find((one) => letters(one) === letters(rest));
  return swapped ?? /^ \(did you mean "(.+)"\?\)$/.exec(nearest(rest, known))?.[1] ?? null;
}

const anyText = (text: string): { readonly value: string } => ({ value: text });

/** A limit that is no number would silently be none. */
function wholeNumber(least: number, most: number) {
  return (text: string): { readonly value: number } | string => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? { value } : `must be a whole number from ${least} to ${most}`;
  };
}

function databaseUrl(text: string): { readonly value: string } | string {
  if (/^postgres(?:ql)?:\/\/\S+$/.test(text) && isAddress(text)) return { value: text };
  return 'must be an address as postgres://user:password@host:port/database, with # / ? @ and % of a password written as %23 %2F %3F %40 and %25';
}

/** Whether the parts of it can be read, too: what stands after # is no part of a database's address. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, pathname, hash } = new URL(text);
  try {
    for (const part of [username, password, pathname]) decodeURIComponent(part);
    return hash === '';
  } catch {
    return false;
  }
}

function sessionKey(text: string): { readonly value: string } | string {
  return text.length >= 32 ? { value: text } : 'must be a random text of at least 32 characters';
}

function logLevel(text: string): { readonly value: Settings['logLevel'] } | string {
  const level = LOG_LEVELS.find((known) => known === text);
  return level === undefined ? `must be one of ${LOG_LEVELS.join(', ')}` : { value: level };
}

function proxies(text: string): { readonly value: number } | string {
  const known = yesOrNo(text);
  if (typeof known !== 'string') return { value: known.value ? 1 : 0 };
  const read = wholeNumber(0, 16)(text);
  return typeof read === 'string' ? 'must be true, false, or how many proxies there are, at most 16' : read;
}

function yesOrNo(text: string): { readonly value: boolean } | string {
  if (text === '1' || text === 'true') return { value: true };
  return text === '0' || text === 'false' ? { value: false } : 'must be true or false, or 1 or 0';
}

function outboundPolicy(text: string): { readonly value: OutboundPolicy } | string {
  try {
    return { value: parseOutboundPolicy(text) };
  } catch (error) {
    if (error instanceof SluiceError) return error.issues.map(({ message }) => message).join(', ');
    throw error;
  }
}

function publicUrl(text: string): { readonly value: URL } | string {
  const isReadable = /^https?:\/\//i.test(text) && URL.canParse(text);
  return isReadable ? { value: new URL(text) } : 'must be an http or https address';
}
