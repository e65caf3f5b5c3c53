// Connects, waits for the last message or the end, and prints its peak memory in bytes.
import { connectionOf, WebSocket } from 'websocket-wasm';

const socket = new WebSocket(process.argv[2], { maxMessageSize: Number(process.argv[3]), closeTimeout: 100 });
socket.binaryType = 'arraybuffer';
let external = 0;
const look = () => {
  external = Math.max(external, process.memoryUsage().external);
};
const timer = setInterval(look, 5);
function done(outcome) {
  look();
  clearInterval(timer);
  console.log(JSON.stringify({ rss: process.resourceUsage().maxRSS * 1024, external, outcome }));
  process.exit();
}
socket.onmessage = ({ data }) => {
  look();
  if (data === 'end') done('all read');
  else if (data.byteLength > 1024 * 1024) done(`a message of ${data.byteLength} bytes`);
};
socket.onclose = ({ code }) => done(`close ${code}: ${connectionOf(socket).failure?.message}`);
