/** Things below each other: what each is, and beside it, or below it where there is no room, what can be done with it. */
import { Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './rows.module.css';

export function Rows({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <ul className={classes.rows} aria-label={label}>
      {children}
    </ul>
  );
}

export function Row({ children, actions }: { readonly children: ReactNode; readonly actions?: ReactNode }) {
  return (
    <li className={classes.row}>
      <Group justify="space-between" gap="xs">
        <Stack gap={2} miw={0}>
          {children}
        </Stack>
        <Group gap="xs">{actions}</Group>
      </Group>
    </li>
  );
}
