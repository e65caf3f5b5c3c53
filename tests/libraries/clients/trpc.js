// tRPC over wsLink: a query, and a subscription that resumes where it was interrupted.
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';

export const expected = { echo: 'zwölf €', counts: [1, 2, 3, 4], again: 'after the drop' };

export async function use({ url, WebSocket, drop }) {
  const wire = createWSClient({ url, WebSocket, retryDelayMs: () => 50 });
  const client = /** @type {any} */ (createTRPCClient({ links: [wsLink({ client: wire })] }));
  const echo = await client.echo.query('zwölf €');
  const counts = [];
  await new Promise((resolve, reject) => {
    const subscription = client.count.subscribe(undefined, {
      onData: ({ data }) => {
        counts.push(data);
        if (counts.length === 2) drop();
        if (counts.length < 4) return;
        subscription.unsubscribe();
        resolve(undefined);
      },
      onError: reject,
    });
  });
  const again = await client.echo.query('after the drop');
  await wire.close();
  return { echo, counts, again };
}
