"""Scrapes of /metrics as Prometheus makes them: one connection that stays open, gzip asked for.

As a program it scrapes once a second in every other window of so many seconds, and prints a line
when it is about to begin, and what it saw as JSON at the end:

    scraper.py PORT SECONDS WINDOW
"""

import contextlib
import gzip
import http.client
import json
import os
import sys
import time

READY = "ready"
ACCEPT = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"


class Scraper(contextlib.AbstractContextManager):
    """One connection to the admin listener; keeps the content of the last scrape."""

    def __init__(self, port, compressed=True):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self.headers = {"Accept": ACCEPT}
        if compressed:
            self.headers["Accept-Encoding"] = "gzip"
        self.encoding, self.content = None, b""

    def __exit__(self, *_):
        self.connection.close()

    def scrape(self):
        """Milliseconds until the last byte was there."""
        began = time.monotonic()
        self.connection.request("GET", "/metrics", headers=self.headers)
        answer = self.connection.getresponse()
        self.content = answer.read()
        milliseconds = (time.monotonic() - began) * 1e3
        if answer.status != 200:
            raise http.client.HTTPException(f"/metrics is answered {answer.status}")
        self.encoding = answer.headers["Content-Encoding"]
        return milliseconds

    def series(self):
        """How many samples the last scrape gave."""
        text = gzip.decompress(self.content) if self.encoding == "gzip" else self.content
        return sum(not line.startswith(b"#") for line in text.splitlines())


def main(port, seconds, window):
    # It shares its core with the load, which goes first.
    os.nice(19)
    with Scraper(port) as scraper:
        scraper.scrape()
        print(READY, flush=True)
        began = time.monotonic()
        scrapes = []
        for number in range(seconds):
            if (number // window) % 2 == 0:
                continue
            time.sleep(max(0.0, began + number - time.monotonic()))
            # Seconds since 1970, and how many milliseconds it took.
            scrapes.append((time.time(), scraper.scrape()))
        seen = {"scrapes": scrapes, "bytes": len(scraper.content)}
        seen |= {"encoding": scraper.encoding, "series": scraper.series()}
    print(json.dumps(seen))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
