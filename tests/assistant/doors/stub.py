"""A small OpenAI-compatible server that answers well, or misbehaves in one way."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SEARCH = json.dumps({"actions": [{"verb": "search", "words": "a red dress"}]})
WORDS = "“Red dress 0” is a red dress with linen. “Red dress 0” is the best dress ever. It is blue. "


class Stub(ThreadingHTTPServer):
    """Asks ``way`` (the handler, the body of the request) to answer; ``asked`` holds every body."""

    daemon_threads = True

    def __init__(self, way):
        super().__init__(("127.0.0.1", 0), Handler)
        self.way, self.asked, self.headers, self.over = way, [], [], threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request, client_address):
        """Whoever asked has hung up."""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        self.server.headers.append(dict(self.headers))
        self.server.way(self, body)

    def log_message(self, *args):
        pass

    def begin(self, status=200, kind="text/event-stream", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def send(self, text, event=True):
        self.wfile.write((f"data: {text}\n\n" if event else text).encode())
        self.wfile.flush()

    def stream(self, text):
        self.begin()
        for at in range(0, len(text), 9):
            self.send(json.dumps({"choices": [{"delta": {"content": text[at : at + 9]}}]}))
        self.send("[DONE]")


@contextmanager
def serving(way):
    stub = Stub(way)
    thread = threading.Thread(target=stub.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield stub
    finally:
        stub.over.set()
        stub.shutdown()
        stub.server_close()
        thread.join()


def tried(body):
    """What a request tries out; "" for a real one."""
    text = json.dumps(body["messages"])
    return next((name for name in ("ready", "empty list", "Which colour is this") if name in text), "")


def wants(body):
    """Is a request for actions, for words, or a trial?"""
    if tried(body):
        return "trial"
    return "actions" if "You turn what a shopper says" in body["messages"][0]["content"] else "words"


def well(handler, body):
    answers = {"ready": '{"ready": true}', "empty list": '{"actions": []}', "Which colour is this": "Red."}
    handler.stream(answers.get(tried(body)) or (SEARCH if wants(body) == "actions" else WORDS))


def only(kind, way):
    """Misbehaves for one kind of request alone, and answers the others well."""
    return lambda handler, body: (way if wants(body) == kind else well)(handler, body)


def saying(text):
    return lambda handler, body: handler.stream(text)


def status(code, text='{"error": {"message": "the key sk-secret is wrong"}}', **headers):
    def way(handler, body):
        handler.begin(code, "application/json", **headers)
        handler.send(text, event=False)

    return way


def silence(handler, body):
    handler.server.over.wait(10)


def half_an_answer(handler, body):
    handler.begin()
    handler.send(json.dumps({"choices": [{"delta": {"content": SEARCH[:20]}}]}))
    handler.server.over.wait(10)


def drip(handler, body):
    handler.begin()
    while not handler.server.over.wait(0.02):
        handler.send(": still here\n", event=False)


def endless(text):
    def way(handler, body):
        handler.begin()
        while not handler.server.over.is_set():
            handler.send(json.dumps({"choices": [{"delta": {"content": text}}]}))

    return way


def line_without_end(handler, body):
    handler.begin()
    handler.wfile.write(b"data: ")
    while not handler.server.over.is_set():
        handler.wfile.write(b"x" * 10_000)


def raw(text, kind="text/event-stream"):
    def way(handler, body):
        handler.begin(200, kind)
        handler.send(text, event=False)

    return way


def cut(handler, body):
    handler.begin(**{"Content-Length": "1000"})
    handler.send(json.dumps({"choices": [{"delta": {"content": "{"}}]}))
