"""Reads ClientHellos: a listener that takes the first message of each TLS handshake and hangs up,
and JA4 of what came (FoxIO, BSD 3-Clause; technical_details/JA4.md of github.com/FoxIO-LLC/ja4)."""

import hashlib
import queue
import socket
import struct
import threading

SERVER_NAME, SIGNATURES, PROTOCOLS, VERSIONS = 0x0000, 0x000D, 0x0010, 0x002B
NAMES = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2"}


def is_real(code):
    """Not one of the values that clients make up (GREASE, RFC 8701)."""
    return code & 0x0F0F != 0x0A0A or code >> 8 != code & 0xFF


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError("a message that ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, count):
        return int.from_bytes(self.take(count), "big")

    def part(self, length_bytes):
        return Reader(self.take(self.number(length_bytes)))

    def words(self):
        return list(struct.unpack(f">{(len(self.data) - self.at) // 2}H", self.data[self.at :]))

    @property
    def is_at_end(self):
        return self.at == len(self.data)


def ja4(message, named=False):
    """- message: a whole ClientHello, its type and length included.
    - named: as if it named a server, where it does not: some programs name none that is this
      machine, and all name others."""
    whole = Reader(message)
    if whole.number(1) != 1:
        raise ValueError("no ClientHello")
    hello = whole.part(3)
    version = hello.number(2)
    hello.take(32)
    hello.part(1)
    ciphers = [code for code in hello.part(2).words() if is_real(code)]
    hello.part(1)
    extensions = {}
    if not hello.is_at_end:
        rest = hello.part(2)
        while not rest.is_at_end:
            code = rest.number(2)
            extensions[code] = rest.part(2)
    codes = {code for code in extensions if is_real(code)} | ({SERVER_NAME} if named else set())
    protocol, signatures = "00", []
    if VERSIONS in extensions:
        version = max(filter(is_real, extensions[VERSIONS].part(1).words()), default=version)
    if PROTOCOLS in extensions:
        name = extensions[PROTOCOLS].part(2).part(1).data
        ends = chr(name[0]) + chr(name[-1])
        protocol = ends if ends.isascii() and ends.isalnum() else name.hex()[0] + name.hex()[-1]
    if SIGNATURES in extensions:
        signatures = [code for code in extensions[SIGNATURES].part(2).words() if is_real(code)]
    listed = sorted(codes - {SERVER_NAME, PROTOCOLS})
    last = ",".join(f"{code:04x}" for code in listed)
    if signatures:
        last += "_" + ",".join(f"{code:04x}" for code in signatures)
    parts = [
        f"t{NAMES.get(version, '00')}{'d' if SERVER_NAME in codes else 'i'}"
        f"{min(len(ciphers), 99):02}{min(len(codes), 99):02}{protocol}",
        digest(",".join(f"{code:04x}" for code in sorted(ciphers)), ciphers),
        digest(last, codes),
    ]
    return "_".join(parts)


def digest(text, codes):
    return hashlib.sha256(text.encode()).hexdigest()[:12] if codes else "0" * 12


class Listener:
    """Takes connections one after the other; keeps the ClientHello of each that speaks TLS."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.hellos = queue.Queue()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                try:
                    self.hellos.put(self.read(connection))
                except (OSError, ValueError):
                    pass  # It speaks no TLS, or went away: then there is no hello of it.

    def read(self, connection):
        message = b""
        while len(message) < 4 or len(message) < 4 + int.from_bytes(message[1:4], "big"):
            kind, _, length = struct.unpack(">BHH", self.exactly(connection, 5))
            if kind != 0x16:
                raise ValueError("no handshake")
            message += self.exactly(connection, length)
        return message

    @staticmethod
    def exactly(connection, count):
        data = b""
        while len(data) < count:
            piece = connection.recv(count - len(data))
            if not piece:
                raise ValueError("it ended")
            data += piece
        return data

    def drain(self):
        """The hellos since it was asked last, in order."""
        found = []
        while not self.hellos.empty():
            found.append(self.hellos.get())
        return found

    def stop(self):
        self.socket.close()
