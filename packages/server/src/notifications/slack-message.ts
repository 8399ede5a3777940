/** An event as a message that a person reads in Slack, or in what takes Slack's messages: what, who, why, for whom, and where to look. */
import { currentStage, type LoggedEvent, type SluiceRecord, servedShare, shareToPercentage } from '@sluice/core';

export interface SlackMessage {
  /** For notifications and for readers without blocks. */
  readonly text: string;
  readonly blocks: readonly { readonly type: 'section' | 'context'; readonly [field: string]: unknown }[];
}

/** Slack takes 3000 characters in a block; a reason may be longer. */
const LONGEST_PART = 600;

/** `link` is the page of the event's record, for people. */
export function slackMessage(event: LoggedEvent, link: string | null): SlackMessage {
  const { type, key, scope, actor, reason } = event;
  const what = `*${mrkdwn(wordsOf(type))}*: \`${mrkdwn(key)}\` (${mrkdwn(scope.project)} / ${mrkdwn(scope.environment)})`;
  const share = shareOf(event);
  const lines = [
    `${what}${share === null ? '' : ` at ${percent(share)}`}`,
    `by ${mrkdwn(actor)}${reason === '' ? '' : `: ${mrkdwn(reason)}`}`,
  ];
  const when = new Date(event.at).toISOString();
  const context = [
    `${when} · event ${event.seq}`,
    ...(link === null ? [] : [`<${link.replace(/[<>|]/g, encodeURIComponent)}|open>`]),
  ].join(' · ');
  return {
    text: plain(
      [wordsOf(type), key, share === null ? '' : `at ${percent(share)}`, `by ${actor}`, reason].filter(Boolean).join(' · '),
    ),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: lines.join('\n') } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: context }] },
    ],
  };
}

/** `rollout.rolledBack` is "rollout rolled back". */
function wordsOf(type: string): string {
  return type.replace('.', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** What part of all units has the change after the event, 0 to 100; null where the event says nothing of it. */
function shareOf({ record, detail }: LoggedEvent): number | null {
  const told = detail.toPercentage ?? detail.percentage;
  return typeof told === 'number' ? told : shareOfRecord(record);
}

function shareOfRecord(record: SluiceRecord): number | null {
  if (record.kind === 'flag') return shareToPercentage(servedShare(record));
  if (record.kind !== 'rollout') return null;
  const stage = currentStage(record.phase);
  return stage === null ? null : (record.plan.stages[stage]?.percentage ?? null);
}

function percent(share: number): string {
  return `${Number(share.toFixed(3))} %`;
}

function plain(text: string): string {
  return mrkdwn(text, 4 * LONGEST_PART);
}

/** So that no name or reason calls a channel or hides a link; see "Escaping text" in Slack's manual. */
function mrkdwn(text: string, longest = LONGEST_PART): string {
  const whole = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const line = whole.replace(/[\r\n]+/g, ' ').replaceAll('`', 'ˋ');
  return line.length <= longest ? line : `${line.slice(0, longest).replace(/&[a-z]{0,3}$/, '')}…`;
}
