/** A program that asks flags through OpenFeature, and does what it is told by its parent. */
import { OpenFeature } from '@openfeature/server-sdk';
import { SluiceProvider } from '@sluice/openfeature/server';

const provider = new SluiceProvider({ url: process.env.SLUICE_URL, token: process.env.SLUICE_TOKEN });
await OpenFeature.setProviderAndWait(provider);
const client = OpenFeature.getClient();

/** Every user meets the test's flag, and brings what the variant is said to bring. */
async function serve({ flag, from, to, revenue }) {
  const served = {};
  for (let user = from; user < to; user++) {
    const context = { targetingKey: `user-${user}` };
    const variant = (await client.getStringDetails(flag, 'none', context)).variant ?? 'none';
    served[variant] = (served[variant] ?? 0) + 1;
    client.track('revenue', context, { value: revenue[variant] ?? 0 });
  }
  await provider.connection.flush();
  return { served, counts: provider.connection.counts };
}

const commands = {
  isOn: ({ flag }) => client.getBooleanValue(flag, false, { targetingKey: 'ann' }),
  /** Counts nowhere. */
  reasonOf: ({ flag }) => provider.connection.evaluateAll({ userId: 'ann' }).get(flag)?.reason ?? null,
  serve,
  end: () => OpenFeature.close().then(() => process.disconnect()),
};

process.on('message', async ({ id, command, ...rest }) => {
  const answer = await commands[command](rest);
  if (process.connected) process.send({ id, answer });
});
process.send({ id: 0, answer: 'ready' });
