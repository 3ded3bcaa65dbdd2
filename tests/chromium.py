"""A headless Chromium driven over a pipe with the DevTools protocol: enough to open a page, look at it and print it; every wait has an end."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe")  # fmt: skip
PATIENCE = 60.0  # seconds for any one answer; a cold start on a busy machine takes a few


def installed():
    """The path of a Chromium, or None; also None on Windows, which hands no pipes to a child by number."""
    return None if os.name == "nt" else next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """One browser with one page; a context manager that ends it."""

    def __init__(self, profile):
        import fcntl  # not there on Windows, where the tests are skipped

        out_child, self._out = os.pipe()
        self._in, in_child = os.pipe()
        # Chromium reads from descriptor 3 and writes to 4; ours are moved out of their way first.
        child = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (out_child, in_child)]
        os.close(out_child)
        os.close(in_child)
        command = [installed(), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        start = f"import os, sys; os.dup2({child[0]}, 3); os.dup2({child[1]}, 4); os.execv(sys.argv[1], sys.argv[1:])"
        self._process = subprocess.Popen([sys.executable, "-c", start, *command], pass_fds=child, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for fd in child:
            os.close(fd)
        self._buffer, self._number, self._session, self.events = b"", 0, None, []
        try:
            page = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
            self._session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Network", "Log"):
                self.call(f"{domain}.enable")
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for fd in (self._out, self._in):
            os.close(fd)  # a browser whose pipe is closed ends
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)

    def call(self, method, **parameters):
        """One command and its result; what happens meanwhile goes to `events`."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters} | ({"sessionId": self._session} if self._session else {})
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def _next(self):
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._buffer:
            if not select.select([self._in], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError("Chromium does not answer")
            part = os.read(self._in, 1 << 16)
            if not part:
                raise RuntimeError("Chromium has ended")
            self._buffer += part
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def open(self, url):
        """Open a page and wait until it is loaded; events of the page before are forgotten."""
        self.events.clear()
        self.call("Page.navigate", url=url)
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            self.events.append(self._next())

    def view(self, width, height, dark=False, media=""):
        """How large the window is, and which media the page is for."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def run(self, script):
        """The value of an expression in the page."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def screenshot(self, path):
        """The whole page, beyond the window too, as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]))

    def pdf(self, path):
        """The page printed on A4, with backgrounds left out, as browsers do by default."""
        path.write_bytes(base64.b64decode(self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"]))

    def asked_for(self):
        """Every address that the page asked for since it was opened."""
        return [e["params"]["request"]["url"] for e in self.events if e.get("method") == "Network.requestWillBeSent"]

    def complaints(self):
        """Errors of scripts and all that the browser wrote to its console."""
        kinds = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [e["params"] for e in self.events if e.get("method") in kinds]
