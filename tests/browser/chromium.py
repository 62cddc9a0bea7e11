"""A headless Chromium driven over its DevTools socket: what a page asked for, said and shows."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_SECONDS = 120
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
    "about:blank",
)


def chromium() -> str:
    """The browser's command, or a skipped test where there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine: apt-get install chromium")


class Tab:
    """One page: ``requests`` it made and ``complaints`` of its console."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._number = socket, 0
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._answers: dict[str, str] = {}
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a DevTools method and wait for its answer."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=PATIENCE_SECONDS))
            if message.get("id") == self._number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._notice(message)

    def _notice(self, message: dict[str, Any]) -> None:
        told = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(told["request"]["url"])
            case "Network.responseReceived":
                self._answers[told["response"]["url"]] = told["requestId"]
            case "Runtime.exceptionThrown":
                details = told["exceptionDetails"]
                self.complaints.append(
                    details.get("exception", {}).get("description") or details["text"]
                )
            case "Runtime.consoleAPICalled" if told["type"] in ("error", "warning"):
                self.complaints.append(" ".join(str(a.get("value")) for a in told["args"]))
            case "Log.entryAdded" if told["entry"]["level"] in ("error", "warning"):
                self.complaints.append(told["entry"]["text"])

    def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression; a promise is waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def answers(self) -> list[str]:
        """The addresses that answered, the newest last."""
        return [*self._answers]

    def answer(self, address: str) -> str:
        """The text an address of the page answered with."""
        found = self.call("Network.getResponseBody", requestId=self._answers[address])
        return base64.b64decode(found["body"]).decode() if found["base64Encoded"] else found["body"]

    def type(self, selector: str, text: str) -> None:
        """Write into a field."""
        self.evaluate(f"document.querySelector('{selector}').focus()")
        self.call("Input.insertText", text=text)

    def wait(self, script: str) -> None:
        """Wait until a JavaScript expression holds."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not self.evaluate(script):
            if time.monotonic() > until:
                raise TimeoutError(f"never true: {script}; the console said {self.complaints}")
            time.sleep(0.05)

    def size(self, width: int, height: int) -> None:
        """The size of the window, in CSS pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def key(self, name: str) -> None:
        """Press a key."""
        codes = {"Tab": 9, "Enter": 13}
        text = {"text": "\r"} if name == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=name, code=name,
                windowsVirtualKeyCode=codes[name], **(text if kind == "keyDown" else {}),
            )  # fmt: skip

    def picture(self, target: Path) -> None:
        """The whole page as PNG."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        target.write_bytes(base64.b64decode(answer["data"]))


@contextmanager
def open_tab() -> Iterator[Tab]:
    """A tab of a browser of its own, which ends with the block."""
    from websockets.sync.client import connect

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [chromium(), f"--user-data-dir={profile}", *FLAGS],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with connect(_address(Path(profile)), max_size=None) as browser:
                yield Tab(_Session(browser))
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def _address(profile: Path) -> str:
    """Where the browser listens: it writes port and path into its profile."""
    told = profile / "DevToolsActivePort"
    until = time.monotonic() + PATIENCE_SECONDS
    while not (told.exists() and len(told.read_text().splitlines()) == 2):
        if time.monotonic() > until:
            raise TimeoutError("Chromium did not open its DevTools port")
        time.sleep(0.05)
    port, path = told.read_text().splitlines()
    return f"ws://127.0.0.1:{port}{path}"


class _Session:
    """The browser's socket, speaking for one attached page."""

    def __init__(self, browser: Any) -> None:
        self._browser, self._id = browser, None
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._id = attached["sessionId"]

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._browser.send(json.dumps({"id": 0, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._browser.recv(timeout=PATIENCE_SECONDS))
            if message.get("id") == 0:
                return message["result"]

    def send(self, text: str) -> None:
        self._browser.send(json.dumps({**json.loads(text), "sessionId": self._id}))

    def recv(self, timeout: float) -> str:
        return self._browser.recv(timeout=timeout)
