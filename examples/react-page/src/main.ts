/** `SLUICE_URL`, `SLUICE_SERVER_TOKEN` and `SLUICE_CLIENT_TOKEN` say where the flags are. */
import { startPage } from './page-server.ts';

const {
  SLUICE_URL: url = 'http://127.0.0.1:4400',
  SLUICE_SERVER_TOKEN: serverToken,
  SLUICE_CLIENT_TOKEN: clientToken,
} = process.env;
if (serverToken === undefined || clientToken === undefined) {
  console.error(
    'set SLUICE_SERVER_TOKEN and SLUICE_CLIENT_TOKEN to tokens of an environment; SLUICE_URL is http://127.0.0.1:4400 unless set',
  );
  process.exitCode = 2;
} else {
  const page = await startPage({ url, serverToken, clientToken, port: 3000 });
  console.log(`${page.url}/?user=ann`);
}
