// viem: requests, and a subscription that continues after its connection was dropped. It has no option for the class: it uses
// that of the package `isows`, which is the global one.
import { createTestClient, publicActions, webSocket } from 'viem';

export const expected = { chain: 31337, balance: '10000000000000000000000', blocks: [1, 2], continued: true };

export async function use({ url, drop }) {
  const transport = webSocket(url, { reconnect: { attempts: 100, delay: 50 }, retryCount: 20, retryDelay: 50 });
  const client = /** @type {any} */ (createTestClient({ mode: 'anvil', transport }).extend(publicActions));
  const chain = await client.getChainId();
  const [address] = await client.request({ method: 'eth_accounts' });
  const balance = `${await client.getBalance({ address })}`;

  const blocks = [];
  let look = () => {};
  const subscription = await client.transport.subscribe({
    params: ['newHeads'],
    onData: ({ result }) => {
      blocks.push(Number(result.number));
      look();
    },
    onError: () => {},
  });
  const come = new Promise((resolve) => {
    look = () => blocks.length === 2 && resolve(undefined);
  });
  await client.mine({ blocks: 2 });
  await come;
  const before = blocks.slice();

  await drop();
  // The library renews the subscription when it has reconnected; blocks that are mined earlier aren't reported.
  while (blocks.length === before.length) {
    await client.mine({ blocks: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const continued = blocks.every((block, i) => block === i + 1 || block > blocks[i - 1]);
  await subscription.unsubscribe();
  (await client.transport.getRpcClient()).close();
  return { chain, balance, blocks: before, continued };
}
