/** Flags asked as other programs ask them: by OpenFeature's SDK, and by OFREP over plain HTTP, as every language can. */
import { OpenFeature } from '@openfeature/server-sdk';
import { SluiceProvider } from '@sluice/openfeature/server';

/** What each user gets of a boolean flag, in order. */
export async function askOpenFeature(
  url: string,
  serverToken: string,
  flag: string,
  users: readonly string[],
): Promise<boolean[]> {
  const domain = 'another program';
  await OpenFeature.setProviderAndWait(domain, new SluiceProvider({ url, token: serverToken }));
  try {
    const client = OpenFeature.getClient(domain);
    return await Promise.all(users.map((user) => client.getBooleanValue(flag, false, { targetingKey: user })));
  } finally {
    await OpenFeature.clearProviders();
  }
}

export async function askOfrep(url: string, clientToken: string, flag: string, users: readonly string[]): Promise<boolean[]> {
  const answers: boolean[] = [];
  for (const user of users) {
    const answer = await fetch(`${url}/ofrep/v1/evaluate/flags/${flag}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${clientToken}` },
      body: JSON.stringify({ context: { targetingKey: user } }),
    });
    answers.push(((await answer.json()) as { readonly value?: boolean }).value === true);
  }
  return answers;
}
