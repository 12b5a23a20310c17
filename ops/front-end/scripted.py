"""A gateway that answers what a script says, and challenges as the interface describes them."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import secrets
import socket
import struct
import threading
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
#: As strict as the demonstration's.
POLICY = (
    "default-src 'none'; script-src 'self' http://127.0.0.1:*; worker-src 'self'; "
    "connect-src 'self' http://127.0.0.1:*; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'"
)
TYPES = {
    "js": "text/javascript", "html": "text/html", "css": "text/css", "svg": "image/svg+xml",
    "json": "application/json",
}  # fmt: skip
#: What the game is told of its operation.
SETTINGS = {"operation": "game", "key": "pk_scripted"}
OPERATION = {
    "operation": "game", "title": "Game", "state": "open", "opens": None, "closes": None,
    "rule": "once", "minimum_age": None, "consents": [], "consent_texts": {}, "limits": {},
}  # fmt: skip


def challenge(
    cost, counter, secret=b"secret", key_secret=b"key secret", seconds=600, ready=None
):
    """A challenge whose solution is this counter; good without one in so many seconds."""
    nonce, salt = secrets.token_bytes(16), secrets.token_bytes(16)
    key = derive(nonce, salt, cost, counter)
    parameters = {
        "algorithm": "PBKDF2/SHA-256",
        "cost": cost,
        "data": {"operation": "scripted"},
        "expiresAt": int(time.time()) + seconds,
        "keyLength": 32,
        "keyPrefix": key[:16].hex(),
        "keySignature": hmac.new(key_secret, key, hashlib.sha256).hexdigest(),
        "nonce": nonce.hex(),
        "salt": salt.hex(),
    }
    if ready is not None:
        parameters["data"]["readyAt"] = int(time.time()) + ready
    return {"parameters": parameters, "signature": signature(parameters, secret)}


def derive(nonce, salt, cost, counter):
    return hashlib.pbkdf2_hmac("sha256", nonce + struct.pack(">I", counter), salt, cost, 32)


def signature(parameters, secret=b"secret"):
    text = json.dumps(parameters, sort_keys=True, separators=(",", ":"))
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def is_solved(text, key_secret=b"key secret"):
    """Whether what an entry sent as `altcha` solves a challenge of this gateway's."""
    payload = json.loads(base64.b64decode(text, validate=True))
    found, solution = payload["challenge"], payload["solution"]
    parameters = found["parameters"]
    key = bytes.fromhex(solution["derivedKey"])
    again = derive(
        bytes.fromhex(parameters["nonce"]), bytes.fromhex(parameters["salt"]), parameters["cost"],
        solution["counter"],
    )  # fmt: skip
    signed = hmac.new(key_secret, key, hashlib.sha256).hexdigest()
    return (
        found["signature"] == signature(parameters)
        and parameters["keySignature"] == signed
        and key == again
        and set(payload) == {"challenge", "solution"}
    )


def stored(verdict="accepted", number=1):
    body = {"verdict": verdict, "operation": "scripted", "entry": "228672071467532288"}
    body |= {"participant_number": number, "at": "2026-11-29T01:24:41.438Z"}
    return (201 if verdict == "accepted" else 200), body


def problem(status, code, verdict=None, **members):
    body = {"type": f"urn:portillon:problem:{code}", "title": code, "status": status}
    body |= {"detail": f"It is {code}.", "code": code, **members}
    if verdict:
        body = {"verdict": verdict, "operation": "scripted", **body}
    return status, body


class Gateway:
    """Each operation's answers, one a request; the last one stays."""

    def __init__(self):
        self.answers = {}
        self.requests = []
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                gateway.file(self)

            def do_POST(self):
                gateway.entry(self)

            def do_OPTIONS(self):
                gateway.send(self, 204, {}, b"")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def script(self, operation, *answers):
        self.answers[operation] = list(answers)
        self.requests.clear()

    def send(self, handler, status, fields, body):
        # A connection each: a browser sends again by itself what an old connection lost.
        handler.close_connection = True
        handler.send_response(status)
        origin = {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
            "Access-Control-Expose-Headers": "Retry-After, Date",
            "Connection": "close",
        }
        for name, value in {**origin, **fields}.items():
            handler.send_header(name, value)
        if status != 204:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def file(self, handler):
        path = handler.path.removeprefix("/kit/").removeprefix("/")
        made = {
            "page": (b"<!doctype html><title>page</title><p>page", "html"),
            "demo/game.json": (json.dumps(SETTINGS).encode(), "json"),
            "v1/operations/game": (json.dumps(OPERATION).encode(), "json"),
        }
        path = "demo/index.html" if path == "demo/" else path
        if path in made:
            body, kind = made[path]
        elif os.path.isfile(os.path.join(FOLDER, path)):
            body, kind = open(os.path.join(FOLDER, path), "rb").read(), path.split(".")[-1]
        else:
            self.send(handler, 404, {}, b"")
            return
        fields = {"Content-Type": TYPES[kind] + "; charset=utf-8"}
        if kind == "html":
            fields["Content-Security-Policy"] = POLICY
        self.send(handler, 200, fields, body)

    def entry(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        operation = handler.path.split("/")[3]
        request = {
            "at": time.monotonic(), "key": handler.headers["Idempotency-Key"],
            "body": json.loads(body), "authorization": handler.headers["Authorization"],
        }  # fmt: skip
        self.requests.append(request)
        answers = self.answers[operation]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if callable(answer):
            answer = answer(request["body"])
        if answer is None:
            # As a gateway that is killed: no answer at all.
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        status, content, *fields = answer
        text = content if isinstance(content, bytes) else json.dumps(content).encode()
        kind = "text/html" if isinstance(content, bytes) else "application/json"
        self.send(handler, status, {"Content-Type": kind, **(fields[0] if fields else {})}, text)
