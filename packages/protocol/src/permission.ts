/** What a route asks of its caller. Who holds which permission is decided by core's table; a route only names what it needs. */
import type { Permission } from '@sluice/core';

/** A permission; or `known`, whoever is somebody; or `public`, everybody. */
export type Needed = Permission | 'known' | 'public';
