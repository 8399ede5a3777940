/** How the page looks: one accent, quiet surfaces, figures that stand under each other. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const water: MantineColorsTuple = [
  '#e6fcf9',
  '#d3f2f4',
  '#a8e3e8',
  '#79d3dc',
  '#53c5d2',
  '#3abdcb',
  '#1098ad',
  '#0c8599',
  '#0b7285',
  '#095c6b',
];

export const theme = createTheme({
  primaryColor: 'water',
  primaryShade: 8,
  colors: { water },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  headings: { fontFamily: '"Inter Variable", system-ui, sans-serif', fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  components: {
    // Options that nobody opened are thousands of elements in a long editor.
    Combobox: { defaultProps: { keepMounted: false } },
    // Their cross is read to whoever does not see it, and a tap beside one, such as to put a phone's keyboard away, loses nothing that was typed.
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' }, closeOnClickOutside: false } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
  },
});

/** Quiet words are still read: 4.5 to 1 against every surface that they stand on. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-dimmed': '#5b6670',
    '--mantine-color-placeholder': '#6b7680',
    '--mantine-color-orange-light-color': '#9c3600',
    '--mantine-color-yellow-light-color': '#7a4100',
    '--mantine-color-teal-light-color': '#066649',
  },
  dark: { '--mantine-color-error': '#ff8787', '--mantine-color-dimmed': '#a3adb6', '--mantine-color-placeholder': '#98a2ab' },
});
