"""Messages between the processes: whole, over a socket, none too large, none waited for too long."""

import socket
import struct
import time

from grading.boundary.values.packing import BYTES, Refused

HEADER = struct.Struct(">Q")  # a message's size


class Closed(Exception):
    """The other side is gone."""


class Late(Exception):
    """The other side did not answer in time."""


class Line:
    """One side of a connection: whole messages, a size that none exceeds, and a deadline."""

    def __init__(self, connection: socket.socket):
        self.socket, self.received = connection, bytearray()

    def send(self, data: bytes, seconds: float | None = None) -> None:
        if len(data) > BYTES:
            raise Refused(f"a message of {len(data) / 2**20:,.0f} MB")
        try:
            self.socket.settimeout(seconds)
            self.socket.sendall(HEADER.pack(len(data)) + data)
        except TimeoutError:
            raise Late from None
        except OSError:
            raise Closed from None

    def receive(self, deadline: float | None = None) -> bytes:
        """The next message, until ``deadline`` on the clock of `time.monotonic`."""
        (size,) = HEADER.unpack(self.exactly(HEADER.size, deadline))
        if size > BYTES:
            raise Refused(f"a message of {size / 2**20:,.0f} MB")
        return self.exactly(size, deadline)

    def exactly(self, size: int, deadline: float | None) -> bytes:
        while len(self.received) < size:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise Late
            try:
                self.socket.settimeout(left)
                part = self.socket.recv(max(min(size - len(self.received), 2**20), 2**16))
            except TimeoutError:
                raise Late from None
            except OSError:
                raise Closed from None
            if not part:
                raise Closed
            self.received += part
        data = bytes(self.received[:size])
        del self.received[:size]
        return data

    def close(self) -> None:
        self.socket.close()
