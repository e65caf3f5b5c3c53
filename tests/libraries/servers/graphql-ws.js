// graphql-ws's own server over npm `ws`.
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { serve } from './serve.js';

const schema = buildSchema(`
  type Query { echo(text: String!): String! }
  type Subscription { count(to: Int!): Int!  visits: Int! }
`);

export const start = () =>
  serve((http) => {
    let visits = 0;
    let end;
    const ended = new Promise((resolve) => {
      end = resolve;
    });
    const roots = {
      query: { echo: ({ text }) => text },
      subscription: {
        count: async function* ({ to }) {
          for (let count = 1; count <= to; count += 1) yield { count };
        },
        // Yields the number of this visit, and doesn't end.
        visits: async function* () {
          visits += 1;
          yield { visits };
          await ended;
        },
      },
    };
    const server = new WebSocketServer({ server: http });
    useServer({ schema, roots }, server);
    return end;
  });
