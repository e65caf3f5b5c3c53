"""A client of webTransport()'s protocol that asks for nothing, or with a token again and again. Prints how that goes.

Arguments: what it does, the port, the target's port, and the token. See ACTIONS.
"""

import asyncio
import ssl
import sys

from aioquic.asyncio import QuicConnectionProtocol, connect
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import StreamDataReceived


class Client(QuicConnectionProtocol):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._http = H3Connection(self._quic, enable_webtransport=True)
        self._streams = set()
        self.accepted = asyncio.Event()
        self.received = asyncio.Queue()

    async def request(self, path):
        self._session = self._quic.get_next_available_stream_id()
        names = ["method", "protocol", "scheme", "authority", "path"]
        values = ["CONNECT", "webtransport", "https", "127.0.0.1", path]
        headers = [(b":" + name.encode(), value.encode()) for name, value in zip(names, values)]
        self._http.send_headers(self._session, [*headers, (b"sec-webtransport-http3-draft02", b"1")])
        self.transmit()
        await self.accepted.wait()

    def ask(self, token, port):
        stream = self._http.create_webtransport_stream(self._session)
        self._streams.add(stream)
        token = token.encode()
        host = b"127.0.0.1"
        fields = [b"\x01", len(token).to_bytes(2), token, len(host).to_bytes(1), host, int(port).to_bytes(2)]
        self.send(stream, b"".join(fields))
        return stream

    def send(self, stream, data):
        self._quic.send_stream_data(stream, data)
        self.transmit()

    def quic_event_received(self, event):
        # H3Connection would take the bytes of a stream that this side opened for frames of HTTP/3.
        if isinstance(event, StreamDataReceived) and event.stream_id in self._streams:
            self.received.put_nowait(event.data)
            return
        for http_event in self._http.handle_event(event):
            if isinstance(http_event, HeadersReceived):
                self.accepted.set()


async def nothing(client, token, port):
    """No session at all."""


async def session(client, token, port):
    """A session without a stream."""
    await client.request("/")


async def streams(client, token, port):
    """One request after the other."""
    await session(client, token, port)
    while True:
        client.ask(token, port)
        await asyncio.sleep(0.2)


async def echo(client, token, port):
    """One request, and then what comes from the standard input."""
    await session(client, token, port)
    stream = client.ask(token, port)
    print(f"answer {(await client.received.get()).hex()}", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        client.send(stream, line.encode())
        print(f"echo {(await client.received.get()).decode()}", end="", flush=True)


ACTIONS = {action.__name__: action for action in [nothing, session, streams, echo]}


async def main(action, port, target, token=""):
    settings = QuicConfiguration(
        alpn_protocols=H3_ALPN, max_datagram_frame_size=65536, verify_mode=ssl.CERT_NONE, idle_timeout=3600
    )
    async with connect("127.0.0.1", int(port), configuration=settings, create_protocol=Client) as client:
        acting = asyncio.ensure_future(ACTIONS[action](client, token, target))
        closed = asyncio.ensure_future(client.wait_closed())
        await asyncio.wait([closed] if action != "echo" else [closed, acting], return_when=asyncio.FIRST_COMPLETED)
        print("closed" if closed.done() else "done", flush=True)
        if acting.done():
            acting.result()
        acting.cancel()


asyncio.run(main(*sys.argv[1:]))
