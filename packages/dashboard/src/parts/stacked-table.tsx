/** Rows of figures. Where there is no room beside each other, a row is a card with its columns below each other, each under its name. */
import { Table, type TableTdProps } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './stacked-table.module.css';

export interface Column {
  readonly name: string;
  readonly isFigure?: boolean;
}

export interface StackedTableProps {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly children: ReactNode;
}

export function StackedTable({ label, columns, children }: StackedTableProps) {
  return (
    <Table verticalSpacing="sm" className={classes.table ?? ''} aria-label={label}>
      <Table.Thead>
        <Table.Tr>
          {columns.map(({ name, isFigure = false }) => (
            <Table.Th key={name} ta={isFigure ? 'right' : 'left'}>
              {name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  );
}

export interface StackedCellProps {
  /** The name of its column. */
  readonly of: string;
  readonly isFigure?: boolean;
  /** What the row is of: it needs no name beside it. */
  readonly isHead?: boolean;
  readonly children: ReactNode;
}

export function StackedCell({ of, isFigure = false, isHead = false, children }: StackedCellProps) {
  const className = [classes.cell, isHead ? classes.head : '', isFigure ? 'tabular' : ''].join(' ');
  const place: Pick<TableTdProps, 'ta'> = isFigure ? { ta: 'right' } : {};
  return (
    <Table.Td className={className} data-label={of} {...place}>
      <div>{children}</div>
    </Table.Td>
  );
}
