/** Who gets what, in words: targeting as it is read, here or in another environment. */
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import type { FlagSettings } from '../api/answers.ts';
import { conditionInWords, ruleInWords, valueText } from './differences/condition-words.ts';
import { weightsOf } from './differences/settings-words.ts';
import { counted } from './numbers.ts';

/** More names than these are counted. */
const NAMES_SHOWN = 12;

/** What is longer begins shortened, and is shown whole when it is asked for. */
const RULES_SHOWN = 6;
const CONDITION_LENGTH = 320;
const CONDITION_LINES = 5;

export function TargetingSummary({ settings }: { readonly settings: FlagSettings }) {
  const [isWhole, { toggle }] = useDisclosure();
  const {
    enabledUsers = [],
    enabledGroups = [],
    disabledUsers = [],
    disabledGroups = [],
    prerequisites = [],
    rules = [],
  } = settings;
  const condition = conditionInWords(settings.conditions ?? {});
  const isLong = rules.length > RULES_SHOWN || condition.length > CONDITION_LENGTH;
  return (
    <Stack gap="sm">
      {prerequisites.length > 0 && (
        <Fact label="Only where">
          {prerequisites.map(({ flag, variants }) => (
            <Text key={flag} size="sm">
              {flag} serves {variants.join(' or ')}
            </Text>
          ))}
        </Fact>
      )}
      <Names label="Out by name" names={[...disabledUsers, ...disabledGroups]} color="red" />
      <Names label="In by name" names={[...enabledUsers, ...enabledGroups]} color="teal" />
      <Fact label="Only units for which this holds">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }} {...(isWhole ? {} : { lineClamp: CONDITION_LINES })}>
          {condition}
        </Text>
      </Fact>
      {rules.length > 0 && (
        <Fact label="Rules">
          <Stack gap={2} component="ol" m={0} pl="md">
            {(isWhole ? rules : rules.slice(0, RULES_SHOWN)).map((rule) => (
              <Text key={JSON.stringify(rule)} component="li" size="sm" style={{ overflowWrap: 'anywhere' }}>
                {ruleInWords(rule)}
              </Text>
            ))}
          </Stack>
        </Fact>
      )}
      {isLong && (
        <Button size="compact-sm" variant="subtle" onClick={toggle} aria-expanded={isWhole} style={{ alignSelf: 'flex-start' }}>
          {isWhole ? 'Show less' : `Show all${rules.length > RULES_SHOWN ? ` ${rules.length} rules` : ''}`}
        </Button>
      )}
      <Variants settings={settings} />
    </Stack>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed" fw={500}>
        {label}
      </Text>
      {children}
    </div>
  );
}

interface NamesProps {
  readonly label: string;
  readonly names: readonly string[];
  readonly color: string;
}

function Names({ label, names, color }: NamesProps) {
  if (names.length === 0) return null;
  return (
    <Fact label={label}>
      <Group gap={4}>
        {[...new Set(names.slice(0, NAMES_SHOWN))].map((name) => (
          <Badge key={name} color={color} variant="light" tt="none" fw={500} maw={220}>
            {name}
          </Badge>
        ))}
        {names.length > NAMES_SHOWN && (
          <Text size="sm" c="dimmed">
            and {counted(names.length - NAMES_SHOWN)} more
          </Text>
        )}
      </Group>
    </Fact>
  );
}

/** Of a flag that is on or off there is nothing to say. */
function Variants({ settings }: { readonly settings: FlagSettings }) {
  const { variants = {}, offVariant, onVariant } = settings;
  const weights = weightsOf(settings);
  const names = Object.keys(variants);
  if (
    names.length <= 2 &&
    Object.keys(weights).length === 0 &&
    Object.values(variants).every((value) => typeof value === 'boolean')
  )
    return null;
  return (
    <Fact label="Variants">
      {names.map((name) => (
        <Group key={name} gap={6} wrap="nowrap">
          <Text size="sm" fw={500}>
            {name}
          </Text>
          <Text size="sm" c="dimmed" truncate flex={1}>
            {valueText(variants[name])}
          </Text>
          {name === offVariant && (
            <Badge size="xs" color="gray" variant="light" tt="none">
              off
            </Badge>
          )}
          {name === onVariant && (
            <Badge size="xs" color="teal" variant="light" tt="none">
              on
            </Badge>
          )}
          {Object.hasOwn(weights, name) && (
            <Text size="sm" className="tabular">
              {weights[name]} %
            </Text>
          )}
        </Group>
      ))}
    </Fact>
  );
}
