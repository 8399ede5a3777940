/** The page that people look at. It is nobody's secret: whatever it shows, it asks for with the rights of whoever looks. */
import { z } from 'zod';
import { defineRoute } from './route.ts';

export const PAGE_ROUTES = {
  'page.index': defineRoute({
    method: 'GET',
    path: '/',
    permission: 'public',
    ignoresQuery: true,
    medium: 'page',
    summary: 'The page',
    answers: { 200: z.string() },
  }),
  'page.asset': defineRoute({
    method: 'GET',
    path: '/assets/:file',
    permission: 'public',
    ignoresQuery: true,
    medium: 'bytes',
    summary: 'A file of the page, whose name changes with what is in it',
    answers: { 200: z.string().describe('Script, style or font') },
  }),
} as const;
