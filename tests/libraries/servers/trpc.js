// tRPC's own server over npm `ws`.
import { initTRPC, tracked } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import { serve } from './serve.js';

const { procedure, router } = initTRPC.create();

const app = router({
  echo: procedure.input((text) => `${text}`).query(({ input }) => input),
  // Two numbers and silence; a client that resumes with the last one's id gets the next two.
  count: procedure
    .input((input) => /** @type {{ lastEventId?: string } | undefined} */ (input))
    .subscription(async function* ({ input, signal }) {
      const last = Number(input?.lastEventId ?? 0);
      for (const count of [last + 1, last + 2]) yield tracked(`${count}`, count);
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    }),
});

export const start = () =>
  serve((http) => {
    const server = new WebSocketServer({ server: http });
    applyWSSHandler({ wss: server, router: app });
  });
