"""A small server that speaks the chat completions interface, for tests: real HTTP on a real port."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]  # status, headers, body
Reply = Callable[[dict[str, Any], int], Answer | None]  # from a request and how many came before it


def completion(text: str | None, reason: str = "stop", tokens: int = 5, read: int | None = None) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}
    usage = {"completion_tokens": tokens} | ({} if read is None else {"prompt_tokens": read})
    return json.dumps({"choices": [choice], "usage": usage}).encode()


@contextmanager
def serving(reply: Reply, pause: float = 0.0) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the address and the bodies of the requests so far; a reply of None says the seed of the request."""
    asked: list[dict[str, Any]] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send(200, {}, json.dumps({"data": [{"id": "little"}]}).encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body["authorization"], body["path"] = self.headers.get("Authorization"), self.path
            with lock:
                place = len(asked)
                asked.append(body)
            time.sleep(pause)
            answer = reply(body, place)
            self._send(*(answer or (200, {}, completion(f"Answer: {body['seed']}"))))

        def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()
