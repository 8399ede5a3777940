/** Serves the definitions of a library's flags as a stream, and takes every report, so that a connection has somebody to talk to. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { snapshotOf } from '../../packages/core/dist/index.js';
import { encodePart, partOfMessage } from '../../packages/protocol/dist/index.js';

export async function definitionServer(sluice) {
  const scope = { project: 'default', environment: 'production' };
  const { seq, records } = await sluice.flags.runtime.store.read();
  const snapshot = snapshotOf(scope, { seq, records });
  const server = createServer((request, response) => {
    if (request.url !== '/api/v1/stream') {
      request.resume().on('end', () => response.writeHead(204).end());
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(encodePart(partOfMessage({ type: 'snapshot', snapshot })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
