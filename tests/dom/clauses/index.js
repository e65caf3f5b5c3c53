// All clauses, by topic.
import binaryType from './binary-type.js';
import bufferedAmount from './buffered-amount.js';
import close from './close.js';
import connecting from './connecting.js';
import construction from './constructor.js';
import events from './events.js';
import frames from './frames.js';
import handlers from './handlers.js';
import handshake from './handshake.js';
import historic from './historic.js';
import objects from './objects.js';
import send from './send.js';
import sendArgument from './send-argument.js';
import shape from './shape.js';
import url from './url.js';

export const all = [
  { topic: 'shape', clauses: shape },
  { topic: 'objects', clauses: objects },
  { topic: 'constructor', clauses: construction },
  { topic: 'url', clauses: url },
  { topic: 'connecting', clauses: connecting },
  { topic: 'handshake', clauses: handshake },
  { topic: 'frames', clauses: frames },
  { topic: 'handlers', clauses: handlers },
  { topic: 'events', clauses: events },
  { topic: 'send', clauses: send },
  { topic: 'send-argument', clauses: sendArgument },
  { topic: 'buffered-amount', clauses: bufferedAmount },
  { topic: 'binary-type', clauses: binaryType },
  { topic: 'close', clauses: close },
  { topic: 'historic', clauses: historic },
];
