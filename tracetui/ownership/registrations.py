"""Registrations asked for in the background, for a key on a hop."""

import queue
import threading
from collections.abc import Mapping
from types import MappingProxyType

from tracetui.model import Registration, ResolutionError
from tracetui.ownership.registration_lookup import TIMEOUT_S, registration


class Registrations:
    """Registrations asked for in the background, one at a time: for a key on a hop. Thread-safe."""

    def __init__(self, *, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._answers: Mapping[str, Registration | str | None] = MappingProxyType({})
        self._questions: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.version = 0
        """Grows with every question and answer."""

    def ask(self, address: str) -> None:
        """Ask about an address; returns at once. What failed before is asked again."""
        with self._lock:
            if self._closed or isinstance(self._answers.get(address, ""), Registration | None):
                return
            self._put(address, None)
            self._questions.put(address)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tracetui-registrations", daemon=True)
                self._thread.start()

    def answers(self) -> Mapping[str, Registration | str | None]:
        """Everything asked for: the registration, why there is none, or None while it is being asked for."""
        return self._answers

    def close(self) -> None:
        """Ask no more; what is on its way is left behind."""
        with self._lock:
            self._closed = True
        self._questions.put(None)

    def _work(self) -> None:
        while (address := self._questions.get()) is not None and not self._closed:
            try:
                answer: Registration | str = registration(address, self._timeout_s)
            except ResolutionError as error:
                answer = str(error)
            with self._lock:
                self._put(address, answer)

    def _put(self, address: str, answer: Registration | str | None) -> None:
        self._answers = MappingProxyType({**self._answers, address: answer})
        self.version += 1
