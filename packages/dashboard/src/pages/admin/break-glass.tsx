/** What to do on the worst day, with this server's address in it: to be read before. */
import { Alert, List, Stack, Text } from '@mantine/core';
import { EVERY } from '@sluice/core';
import { useQuery } from '@tanstack/react-query';
import { adminQueries } from '../../api/admin-queries.ts';
import type { AnswerTo, Place } from '../../api/answers.ts';
import { usePermitted } from '../../api/permitted.ts';
import { Asked } from '../../parts/asked.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Section } from '../../parts/section.tsx';
import { CopyableCode } from '../../parts/snippet.tsx';

export function BreakGlass({ place }: { readonly place: Place }) {
  const permitted = usePermitted();
  return (
    <Stack gap="md">
      {permitted('breakGlass.perform', EVERY) && <Standing />}
      <Section title="When the page does not answer, or the database is away">
        <Text size="sm">
          A kill is served at once by the server that takes it, with or without the database. Whoever can read the file
          break-glass.token in the data folder of a server (its log says where) can turn any flag off:
        </Text>
        <CopyableCode text={curlOf(place)} label="Copy the call" />
        <Text size="sm">Or with the command, on the machine of the server:</Text>
        <CopyableCode text={commandOf(place)} label="Copy the command" />
        <List size="sm" spacing={4}>
          <List.Item>
            “userIds” beside the flag shuts only these users out; “toVersion” takes a component back to a version.
          </List.Item>
          <List.Item>The answer says where it stands: “store”, “journal” or “memory”. It is in effect in all three.</List.Item>
          <List.Item>While the database is away, several replicas have to be told one by one: they share nothing else.</List.Item>
          <List.Item>When the database is back, it stands in the history, as asked for by break-glass:ann.</List.Item>
          <List.Item>The token opens nothing else. Delete its file to take it back: the next call makes another.</List.Item>
        </List>
      </Section>
    </Stack>
  );
}

function curlOf({ project, environment }: Place): string {
  const asked = { project, environment, flag: 'new_checkout', reason: 'error spike', actor: 'ann' };
  return [
    `curl -X POST ${location.origin}/api/v1/break-glass/kill \\`,
    '  -H "authorization: Bearer $(cat data/break-glass.token)" -H \'content-type: application/json\' \\',
    `  -d '${JSON.stringify(asked)}'`,
  ].join('\n');
}

function commandOf({ project, environment }: Place): string {
  return [
    'sluice kill new_checkout --break-glass data/break-glass.token \\',
    `  --url ${location.origin} --project ${project} --environment ${environment} --reason "error spike"`,
  ].join('\n');
}

function Standing() {
  const standing = useQuery(adminQueries.breakGlass());
  return (
    <Section title="Now">
      <Asked query={standing} rows={1}>
        {(answer) => <Standings answer={answer} />}
      </Asked>
    </Section>
  );
}

function Standings({
  answer: { storeTakesWrites, servedAsOf, pending },
}: {
  readonly answer: AnswerTo<'breakGlass', 'pending'>;
}) {
  return (
    <Stack gap="xs">
      <Alert color={storeTakesWrites ? 'teal' : 'red'} p="sm">
        {storeTakesWrites
          ? 'The database takes writes: the buttons of the page do all of this.'
          : 'The database takes no writes: only kills are kept, as below.'}
        {servedAsOf !== null && (
          <>
            {' '}
            What is served is of <Moment at={servedAsOf} />.
          </>
        )}
      </Alert>
      {pending.map(({ id, project, environment, flag, act, at, actor, reason, isJournalled }) => (
        <Text key={id} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {flag} in {project} / {environment}: {act} by {actor}, <Moment at={at} />, {reason}.{' '}
          {isJournalled ? 'It waits in the journal for the database.' : 'It ends with the process that answers.'}
        </Text>
      ))}
      {pending.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing is served that the database does not have.
        </Text>
      )}
    </Stack>
  );
}
