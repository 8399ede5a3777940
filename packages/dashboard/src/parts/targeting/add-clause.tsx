/** The buttons that add a line to a condition. */
import { Button, Group, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type Clause, type Holds, newId } from './clauses.ts';

export function AddClause({ onAdd, hasSegments }: { readonly onAdd: (clause: Clause) => void; readonly hasSegments: boolean }) {
  const line = (): Clause => ({ id: newId(), kind: 'attribute', attribute: '', operator: 'eq', operand: '' });
  const group = (holds: Holds): Clause => ({ id: newId(), kind: 'group', holds, clauses: [line()] });
  return (
    <Group gap={6}>
      <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => onAdd(line())}>
        Condition
      </Button>
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <Button size="compact-sm" variant="subtle">
            More
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={!hasSegments} onClick={() => onAdd({ id: newId(), kind: 'segment', segments: [] })}>
            In a segment
          </Menu.Item>
          <Menu.Item onClick={() => onAdd(group('any'))}>Any of several</Menu.Item>
          <Menu.Item onClick={() => onAdd(group('all'))}>All of several</Menu.Item>
          <Menu.Item onClick={() => onAdd(group('notAll'))}>Not</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
