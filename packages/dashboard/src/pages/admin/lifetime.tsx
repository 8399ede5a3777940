/** How long a token is good for. */
import { Select } from '@mantine/core';
import { serverNow } from '../../api/server-clock.ts';

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { value: '', label: 'Until it is revoked' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
] as const;

export function LifetimeSelect({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  return (
    <Select
      label="Good for"
      data={[...LIFETIMES]}
      value={value}
      onChange={(chosen) => onChange(chosen ?? '')}
      allowDeselect={false}
    />
  );
}

/** Of a chosen number of days, as the API takes it; nothing where it does not end. */
export function lifetimeOf(days: string): { readonly expiresAt?: number } {
  return days === '' ? {} : { expiresAt: serverNow() + Number(days) * DAY_MS };
}
