"""A registration, asked for on demand: over RDAP, and over WHOIS where that does not get through."""

import queue
import threading
import time
from collections.abc import Callable
from typing import Final

from tracetui.model import Registration, ResolutionError, safe_text
from tracetui.ownership.interfaces import RegistryRefusedError
from tracetui.ownership.special_ranges import special_purpose

TIMEOUT_S: Final = 12.0
_RDAP_SHARE: Final = 2 / 3
"""Of the time: HTTPS that is dropped on its way must leave some to ask the other way."""


def registration(address: str, timeout_s: float = TIMEOUT_S) -> Registration:
    """Ask the registry that is responsible for `address`; blocks for `timeout_s` at most.

    Raises ResolutionError with one line: a special-purpose address, no such network, no answer, nonsense.
    """
    special = special_purpose(address)
    if special is not None:
        raise ResolutionError(f"{address}: no registration to ask for, it is {special.name}")
    until = time.monotonic() + timeout_s
    try:
        return _in_time(_ask_rdap, address, timeout_s * _RDAP_SHARE)
    except RegistryRefusedError as refused:
        raise ResolutionError(f"{address}: {refused}") from None
    except ResolutionError as error:
        problem = str(error)
    try:
        return _in_time(_ask_whois, address, max(0.0, until - time.monotonic()))
    except ResolutionError as error:
        raise ResolutionError(f"{address}: no answer from RDAP ({problem}), nor WHOIS ({error})") from None


def _in_time(ask: Callable[[str, float], Registration], address: str, timeout_s: float) -> Registration:
    """Ask on a thread that is left behind at the time limit: a name server or a slow drip may take longer.

    Raises ResolutionError.
    """
    answers: queue.SimpleQueue[Registration | ResolutionError] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(ask(address, timeout_s))
        except ResolutionError as error:
            answers.put(error)
        except Exception as error:  # noqa: BLE001  (a stranger's text in a client that checks little of it)
            answers.put(ResolutionError(f"the registry's answer makes no sense: {safe_text(repr(error))}"))

    threading.Thread(target=work, name="tracetui-registry", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_s)
    except queue.Empty:
        raise ResolutionError(f"nothing in {timeout_s:.3g} s") from None
    if isinstance(answer, ResolutionError):
        raise answer
    return answer


def _ask_rdap(address: str, timeout_s: float) -> Registration:
    from tracetui.ownership.rdap import ask_rdap  # brings an HTTP client along

    return ask_rdap(address, timeout_s)


def _ask_whois(address: str, timeout_s: float) -> Registration:
    from tracetui.ownership.whois import ask_whois

    return ask_whois(address, timeout_s)
