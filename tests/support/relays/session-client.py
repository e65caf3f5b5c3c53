"""A client of webTransport()'s protocol that asks for nothing, or with a token again and again. Prints how that goes.

Arguments: what it does, the port, the target's port, the token, and its own address. See ACTIONS.
"""

import asyncio
import socket
import ssl
import sys
import time

from aioquic.asyncio import QuicConnectionProtocol
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection
from aioquic.quic.events import StreamDataReceived

# How many streams are opened without a request.
SILENT = 3
# The start of an answer to a request that is one too many.
THROTTLED = b"\x81\x05"
# How many handshakes are begun.
FLOOD = 1_000


class Client(QuicConnectionProtocol):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._http = H3Connection(self._quic, enable_webtransport=True)
        self._streams = set()
        self.accepted = asyncio.Event()
        self.is_deaf = False
        self.received = asyncio.Queue()

    async def request(self, path):
        self._session = self.next_stream()
        names = ["method", "protocol", "scheme", "authority", "path"]
        values = ["CONNECT", "webtransport", "https", "127.0.0.1", path]
        headers = [(b":" + name.encode(), value.encode()) for name, value in zip(names, values)]
        self._http.send_headers(self._session, [*headers, (b"sec-webtransport-http3-draft02", b"1")])
        self.transmit()
        await self.accepted.wait()

    def open(self):
        stream = self._http.create_webtransport_stream(self._session)
        self._streams.add(stream)
        return stream

    def ask(self, token, port):
        stream = self.open()
        token = token.encode()
        host = b"127.0.0.1"
        fields = [b"\x01", len(token).to_bytes(2), token, len(host).to_bytes(1), host, int(port).to_bytes(2)]
        self.send(stream, b"".join(fields))
        return stream

    def next_stream(self):
        return self._quic.get_next_available_stream_id()

    def send(self, stream, data, end=False):
        self._quic.send_stream_data(stream, data, end)
        self.transmit()

    def quic_event_received(self, event):
        # H3Connection would take the bytes of a stream that this side opened for frames of HTTP/3.
        if isinstance(event, StreamDataReceived) and event.stream_id in self._streams:
            self.received.put_nowait(event.data)
            return
        if self.is_deaf:
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


async def half(client, token, port):
    """Half of the first number of a stream, and no session; what the relay does is ignored."""
    client.is_deaf = True
    client.send(client.next_stream(), b"\x40")
    print("connected", flush=True)


async def silent(client, token, port):
    """Streams without a request, beside one that has it, until the relay has ended them and takes another request."""
    await session(client, token, port)
    opened = [client.open() for _ in range(SILENT)]
    client.ask(token, port)
    for _ in range(1 + SILENT):
        print(f"answer {(await client.received.get())[:2].hex()}", flush=True)
    for stream in opened:
        client.send(stream, b"", end=True)
    answer = THROTTLED
    while answer == THROTTLED:
        client.ask(token, port)
        answer = (await client.received.get())[:2]
    print(f"answer {answer.hex()}", flush=True)


ACTIONS = {action.__name__: action for action in [nothing, session, streams, echo, half, silent]}


def flood(settings, relay, source):
    """The first packets of handshakes that go no further. Each is sent once the one before is answered."""
    for _ in range(FLOOD):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind((source, 0))
            quic = QuicConnection(configuration=settings)
            quic.connect(relay, now=time.time())
            for data, _ in quic.datagrams_to_send(now=time.time()):
                udp.sendto(data, relay)
            udp.recv(2048)
    print("flooded", flush=True)


async def main(action, port, target, token="", source="127.0.0.1"):
    settings = QuicConfiguration(
        alpn_protocols=H3_ALPN, max_datagram_frame_size=65536, verify_mode=ssl.CERT_NONE, idle_timeout=3600
    )
    relay = ("127.0.0.1", int(port))
    if action == "flood":
        return flood(settings, relay, source)
    loop = asyncio.get_running_loop()
    make = lambda: Client(QuicConnection(configuration=settings))
    transport, client = await loop.create_datagram_endpoint(make, local_addr=(source, 0))
    client.connect(relay)
    try:
        await client.wait_connected()
    except ConnectionError:
        print("refused", flush=True)
        return
    acting = asyncio.ensure_future(ACTIONS[action](client, token, target))
    closed = asyncio.ensure_future(client.wait_closed())
    ends = [closed, acting] if action in ("echo", "silent") else [closed]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    print("closed" if closed.done() else "done", flush=True)
    if acting.done():
        acting.result()
    acting.cancel()
    client.close()
    await client.wait_closed()
    transport.close()


asyncio.run(main(*sys.argv[1:]))
