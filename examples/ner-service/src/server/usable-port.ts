/** A port at which the server can listen. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** The wanted port, or any that is free. @throws Error that says what to do when another program listens at the wanted one */
export async function usablePort(wanted: number | null): Promise<number> {
  const probe = createServer().listen(wanted ?? 0, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || wanted === null) throw error;
    throw new Error(
      `another program listens at port ${wanted}: this demo in another window, or a server that "npm start" began. End it, or take another port: SLUICE_PORT=${wanted + 1} npm run demo`,
      { cause: error },
    );
  }
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
