/** How the page looks: one accent, quiet surfaces, figures that stand under each other. */
import { createTheme, type MantineColorsTuple } from '@mantine/core';

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
  primaryShade: { light: 8, dark: 7 },
  colors: { water },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  headings: { fontFamily: '"Inter Variable", system-ui, sans-serif', fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
});
