// graphql-ws: a query, a subscription, and one that continues over a second connection.
import { createClient } from 'graphql-ws';

export const expected = { echo: 'zwölf €', counts: [1, 2, 3], visits: [1, 2], protocol: 'graphql-transport-ws' };

export async function use({ url, WebSocket, drop }) {
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: 20,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
  });
  let protocol;
  client.on('connected', (socket) => {
    protocol = /** @type {any} */ (socket).protocol;
  });
  const data = async (query, values = 1, then = async () => {}) => {
    const got = [];
    for await (const { data } of client.iterate({ query })) {
      got.push(Object.values(data)[0]);
      if (got.length === values) break;
      await then();
    }
    return got;
  };
  const [echo] = await data('{ echo(text: "zwölf €") }');
  const counts = await data('subscription { count(to: 3) }', 3);
  const visits = await data('subscription { visits }', 2, async () => drop());
  await client.dispose();
  return { echo, counts, visits, protocol };
}
