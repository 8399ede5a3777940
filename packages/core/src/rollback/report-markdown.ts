/** A rollback's report as a Markdown post-mortem: the facts filled in, and the rest to be filled in by people. */
import type { RollbackReport } from './report.ts';

const MOST_USERS = 50;
const STRATEGIES: Readonly<Record<RollbackReport['strategy'], string>> = {
  immediate: 'immediate: off for everybody at once',
  gradual: 'gradual: the share taken down stage by stage',
  targeted: 'targeted: named users shut out, nobody else',
  automatic: 'automatic: everybody back to what they had before',
};
const TO_VERSION = 'immediate: one version for everybody at once';
const TO_FILL_IN = `## Impact

_Who noticed, what could they not do, for how long, and what did it cost?_

## Root cause

_Why did the change do harm, and why was it not found before the first stage?_

## What went well

-

## What went badly

-

## Actions

| action | owner | due |
| --- | --- | --- |
|  |  |  |
`;

/** Text of people's as text: it cannot begin a table cell, a link, a mention, HTML or a line. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[&<>@]/g, (sign) => `&#${sign.codePointAt(0)};`)
    .replace(/[\\`*_{}[\]()+!|~$:-]|(?<!&)#/g, '\\$&')
    .trim();
}

export function rollbackMarkdown(report: RollbackReport): string {
  const sections = [what(report), when(report), why(report), exposed(report), timeline(report), TO_FILL_IN];
  return `# Rollback ${report.id} of ${said(report.flag)}\n\n${sections.join('\n')}`;
}

function said(text: string): string {
  return text.trim() === '' ? '_not said_' : escapeMarkdown(text);
}

function rows(title: string, entries: readonly (readonly [string, string] | null)[]): string {
  const lines = entries.flatMap((entry) => (entry === null ? [] : [`| ${entry[0]} | ${entry[1]} |`]));
  return [`## ${title}`, '', '|  |  |', '| --- | --- |', ...lines, ''].join('\n');
}

function what(report: RollbackReport): string {
  const { flag, strategy, versions, stopped, rollout, userIds } = report;
  const more = userIds.length > MOST_USERS ? ` and ${userIds.length - MOST_USERS} more` : '';
  return rows('What', [
    ['flag', said(flag)],
    ['rollback', versions === null ? STRATEGIES[strategy] : TO_VERSION],
    versions === null ? null : ['version', `${said(versions.from)} → ${said(versions.to)}`],
    [versions === null ? 'share' : 'share of other versions', share(report)],
    stopped === null ? null : ['stopped', said(stopped.message)],
    userIds.length === 0 ? null : ['users', userIds.slice(0, MOST_USERS).map(said).join(', ') + more],
    rollout === null
      ? ['taken back', 'a share that was set by hand']
      : [
          'taken back',
          `rollout ${rollout.number} (${rollout.strategy}) of the variant ${said(rollout.variant)}, started by ${said(rollout.startedBy)}: ${said(rollout.reason)}`,
        ],
  ]);
}

function share({ fromPercentage, toPercentage, stopped }: RollbackReport): string {
  const percent = (value: number | null): string => (value === null ? 'unknown' : `${value} %`);
  if (stopped === null) return `${percent(fromPercentage)} → ${percent(toPercentage)}`;
  return `${percent(fromPercentage)} → ${percent(stopped.percentage)}, where it was stopped on the way to ${percent(toPercentage)}`;
}

function when({ rollout, detectedAt, decidedAt, doneAt, recordedAt }: RollbackReport): string {
  const after = (from: Date, to: Date): string => `${to.toISOString()} (${duration(to.getTime() - from.getTime())} later)`;
  return rows('When', [
    rollout === null ? null : ['started', rollout.startedAt.toISOString()],
    ['detected', rollout === null ? detectedAt.toISOString() : after(rollout.startedAt, detectedAt)],
    ['decided', after(detectedAt, decidedAt)],
    ['done', doneAt === null ? 'still under way' : after(decidedAt, doneAt)],
    recordedAt === null ? null : ['recorded', `${after(decidedAt, recordedAt)}; the store could not be written before`],
  ]);
}

/** Durations below a second in milliseconds, the rest in the two largest units. */
function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

function why({ actor, reason, evidence }: RollbackReport): string {
  const people = rows('Who and why', [
    ['who', said(actor)],
    ['why', said(reason)],
    evidence.validator === null ? null : ['validator', said(evidence.validator)],
  ]);
  if (evidence.verdicts.length === 0) return people;
  const verdicts = evidence.verdicts.map(
    ({ criterion, verdict, value, samples, message }) =>
      `| ${said(criterion)} | ${said(verdict)} | ${value ?? '–'} | ${samples} | ${said(message)} |`,
  );
  const head = ['### Evidence', '', '| criterion | verdict | value | samples | in words |', '| --- | --- | ---: | ---: | --- |'];
  return [people, ...head, ...verdicts, ''].join('\n');
}

function exposed({ rollout, exposed: { units, unitsWithError, stages } }: RollbackReport): string {
  const since = rollout === null ? 'since the flag was created' : `in rollout ${rollout.number}`;
  const errors =
    unitsWithError === null
      ? 'No error was counted with its unit.'
      : `${unitsWithError} met an error (one that met errors in several stages counts in each).`;
  const lines = [`## Who was exposed`, '', `About ${units} distinct units were served the change ${since}. ${errors}`, ''];
  if (stages.length === 0) return lines.join('\n');
  const head = ['| stage | share | groups | units | with an error |', '| ---: | ---: | --- | ---: | ---: |'];
  const body = stages.map(
    (stage) =>
      `| ${stage.stage + 1} | ${stage.percentage} % | ${stage.groups.map(said).join(', ') || '–'} | ${stage.units} | ${stage.unitsWithError ?? '–'} |`,
  );
  return [...lines, ...head, ...body, ''].join('\n');
}

function timeline({ timeline: events }: RollbackReport): string {
  const head = ['## Timeline', '', '| when | event | who | why |', '| --- | --- | --- | --- |'];
  const body = events.map(
    ({ seq, at, type, actor, reason }) => `| ${new Date(at).toISOString()} | ${seq} ${type} | ${said(actor)} | ${said(reason)} |`,
  );
  return [...head, ...body, ''].join('\n');
}
