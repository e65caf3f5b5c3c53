"""A relay for webTransport() that misbehaves, as the path of the session's URL says. Arguments: certificate, key."""

import asyncio
import sys

from aioquic.asyncio import QuicConnectionProtocol, serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import HeadersReceived, WebTransportStreamDataReceived
from aioquic.quic.configuration import QuicConfiguration

HTTP3_FIRST = 0x52E4A40FA8DB


def response(status, detail=b""):
    return bytes([0x81, status, len(detail)]) + detail


# What is sent for a stream's first bytes: the bytes, and whether the stream ends behind them.
ANSWERS = {
    b"/empty": (b"", True),
    b"/short": (b"\x81\x00", True),
    b"/text": (b"HTTP/1.1 200 OK\r\n\r\nconnected", False),
    b"/version": (b"\x82\x00\x00", False),
    b"/silent": (b"", False),
    b"/half": (b"\x81", False),
    b"/unknown": (response(0x7F, b"seven"), True),
    b"/control": (response(0x04, b"\x1b[31m\xff\x00no"), True),
    b"/endless": (b"\x81\x04\xff" + b"x" * 254, False),
    b"/refused": (response(0x12, b"ECONNREFUSED"), True),
    b"/unreachable": (response(0x11), True),
    b"/timeout": (response(0x13), True),
    b"/name": (response(0x10), True),
    b"/failed": (response(0x14), True),
    b"/throttled": (response(0x05), True),
    b"/unauthorized": (response(0x03), True),
    b"/malformed": (response(0x01), True),
    b"/hello": (response(0) + b"hello", True),
    b"/then-text": (response(0) + b"HTTP/1.1 404 Not Found\r\n\r\n", True),
}


class BadRelay(QuicConnectionProtocol):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._http = H3Connection(self._quic, enable_webtransport=True)
        self._paths = {}
        self._begun = set()

    def quic_event_received(self, event):
        for http_event in self._http.handle_event(event):
            if isinstance(http_event, HeadersReceived):
                self._accept(http_event)
            elif isinstance(http_event, WebTransportStreamDataReceived):
                self._answer(http_event)

    def _accept(self, event):
        path = dict(event.headers)[b":path"]
        self._paths[event.stream_id] = path
        if path == b"/never":
            return
        status = b"403" if path == b"/forbidden" else b"200"
        self._http.send_headers(event.stream_id, [(b":status", status), (b"sec-webtransport-http3-draft", b"draft02")])
        self.transmit()

    def _answer(self, event):
        path = self._paths[event.session_id]
        stream = event.stream_id
        if path == b"/echo":
            self._quic.send_stream_data(stream, event.data, event.stream_ended)
        if stream in self._begun:
            return
        self._begun.add(stream)
        if path in ANSWERS:
            data, ends = ANSWERS[path]
            if data or ends:
                self._quic.send_stream_data(stream, data, ends)
        elif path == b"/drip":
            asyncio.ensure_future(self._drip(stream))
        elif path == b"/reset":
            self._quic.reset_stream(stream, HTTP3_FIRST)
        elif path == b"/reset-open":
            self._quic.send_stream_data(stream, response(0))
            asyncio.get_running_loop().call_later(0.1, self._reset, stream)
        elif path == b"/end-session":
            # The session's own stream ends.
            self._quic.send_stream_data(event.session_id, b"", True)
        elif path == b"/close":
            self._quic.send_stream_data(stream, response(0) + b"hello")
            asyncio.get_running_loop().call_later(0.1, self.close, 0)
        self.transmit()

    async def _drip(self, stream):
        for byte in response(0x04, b"x" * 255)[:-1]:
            try:
                self._quic.send_stream_data(stream, bytes([byte]))
            except ValueError:
                # The client gave up.
                return
            self.transmit()
            await asyncio.sleep(0.01)

    def _reset(self, stream):
        self._quic.reset_stream(stream, HTTP3_FIRST + 7)
        self.transmit()


async def main(certificate, key):
    configuration = QuicConfiguration(alpn_protocols=H3_ALPN, is_client=False, max_datagram_frame_size=65536)
    configuration.load_cert_chain(certificate, key)
    server = await serve("127.0.0.1", 0, configuration=configuration, create_protocol=BadRelay)
    print("127.0.0.1:%d" % server._transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
