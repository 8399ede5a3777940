/** The service of the guide "first canary in ten minutes": its users search, and some of them meet an error. */
import { connect } from '@sluice/client';

// #region program
const flags = connect({ url: process.env.SLUICE_URL ?? 'http://127.0.0.1:4400', token: process.env.SLUICE_TOKEN ?? '' });
await flags.ready();
const failing = { off: 0.02, on: Number(process.env.NEW_FAILS ?? 0.02) };

let user = 0;
setInterval(() => {
  const unit = `user-${user++}`;
  const variant = flags.getVariant('new_search', { userId: unit }, 'off');
  const labels = { flag: 'new_search', variant, unit };
  flags.count('requests', 1, labels);
  if (Math.random() < failing[variant]) flags.count('errors', 1, labels);
}, 10);
// #endregion
