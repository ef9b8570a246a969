"""A server on loopback that plays a service, and the ways in which an answer can fail."""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

Act = Callable[[BaseHTTPRequestHandler], None]
"""What the server does with one request."""


def say(body: object, status: int = 200, **headers: str) -> Act:
    """Answer with JSON, or with bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    return act


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)


@dataclass
class LoopbackServer:
    """A context manager; a subclass says in `act_on` what to do with each request."""

    acts: dict[str, list[Act]] = field(default_factory=dict)
    """What to do instead with requests of a kind, in turn."""

    stopping: threading.Event = field(default_factory=threading.Event)
    """Ends what dawdles."""

    left: threading.Event = field(default_factory=threading.Event)
    """Set once a client has left in the middle of an answer."""

    def act_on(self, handler: BaseHTTPRequestHandler, body: bytes) -> Act:
        """Note a request; return what to do with it."""
        raise NotImplementedError

    def dawdle(self, handler: BaseHTTPRequestHandler) -> None:
        """Send a byte now and then, without end."""
        handler.send_response(200)
        handler.end_headers()
        try:
            while not self.stopping.wait(0.02):
                handler.wfile.write(b" ")
                handler.wfile.flush()
        except OSError:
            self.left.set()

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                self.close_connection = True
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.act_on(self, body)(self)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815  (named by the base class)

            def log_message(self, *arguments: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *arguments: object) -> None:
                """Say nothing of a client that left."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
