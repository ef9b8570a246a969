"""The interface of an investigation to the screen."""

from collections.abc import Sequence
from typing import Protocol

from tracetui.evidence.bgp.found_routes import ReadRoutes
from tracetui.investigation.public_vantages import PublicVantages
from tracetui.model import Lane, Role, Snapshot
from tracetui.model.imported_trace import ImportedTrace

Panel = tuple[str, str | None]
"""Address and vantage: `Lane.panel`."""


class Board(Protocol):
    """A running investigation, as the screen sees it. All methods return at once, from any thread."""

    def snapshot(self) -> Snapshot:
        """Return the newest state; the same object while nothing has changed."""

    def add(self, text: str, role: Role = Role.SUSPECT) -> tuple[str, ...]:
        """Add targets as the command line takes them; they resolve in the background. Return their texts.

        Raises TargetError when they cannot be understood or are there already.
        """

    def remove(self, panel: Panel) -> None:
        """Stop tracing an endpoint; all its lanes leave the snapshot."""

    def undo_removal(self) -> Lane:
        """Restore what was removed last, with its measurements; return its first lane.

        Raises TargetError when there is nothing to undo.
        """

    def add_vantage(self, text: str) -> str:
        """Trace every endpoint from another place too, a configured one or an ssh address; return its name.
        It connects in the background.

        Raises CannotRunError.
        """

    def remove_vantage(self, name: str) -> None:
        """Trace from a place no more; its endpoints leave the snapshot. Raises CannotRunError."""

    def move(self, panel: Panel, step: int, shown: Sequence[Panel] = ()) -> None:
        """Move an endpoint one place on (1) or back (-1).

        `shown`: endpoints in the order to take over before that; those of one target stay together.
        """

    def set_services(self, panel: Panel, text: str) -> None:
        """Probe an endpoint with what `text` names, such as `tcp/25,443 icmp`. Raises TargetError."""

    def import_traces(self, traces: Sequence[ImportedTrace], text: str, about: str = "") -> None:
        """Add traces that other tools made, as lanes; `text` is the file's name that they were read from, or
        `pasted text`.

        `about`: address or host of the endpoint, for those that do not name its address. Raises TargetError
        where one is missing, and imports none then.
        """

    def set_pace(self, interval_s: float, max_hops: int) -> None:
        """Change the interval and the highest TTL."""

    def add_note(self, text: str) -> None:
        """Add a note with the current time. Empty text is ignored."""

    def remove_note(self, index: int) -> None:
        """Remove the note with this index."""

    def dismiss(self, target: str) -> None:
        """Remove an unresolved target."""

    def trace_all(self, target: str) -> None:
        """Trace all lanes of an unresolved target that has more than are traced unasked."""

    def set_role(self, panel: Panel, role: Role) -> None:
        """Mark an endpoint as suspect or control; its measurements stay."""

    def ask_registry(self, address: str) -> None:
        """Look up who registered an address, in the background; a later snapshot has the answer.

        Raises CannotRunError where no registry may be asked.
        """

    def ask_bgp(self, addresses: Sequence[str]) -> None:
        """Ask RIPEstat for the BGP paths to addresses, in the background; later snapshots have the answers.

        Raises CannotRunError where nobody may be asked.
        """

    def trace_back(self) -> None:
        """Have every vantage near an endpoint trace back to this machine.

        Raises CannotRunError where no address of this machine is known to trace to.
        """

    def add_bgp(self, found: ReadRoutes) -> None:
        """Add routes that were read from a paste."""

    def add_register(self, text: str) -> None:
        """Read the block register `FILE`, or `FILE:column=NAME`, in the background; later snapshots have what
        it says of every endpoint.

        Raises EvidenceError when the file cannot be opened.
        """

    @property
    def public(self) -> PublicVantages:
        """Public platforms, which trace from elsewhere when they are asked."""

    def check_services(self, panel: Panel) -> bool:
        """Check the services of an endpoint now and repeatedly, or stop that; tell whether they are checked.

        Raises CannotRunError where none may be checked, or no TCP port is traced.
        """

    def restart_statistics(self) -> None:
        """Restart the statistics of every lane; probing continues."""

    def close(self) -> None:
        """Stop probing and looking up, close sockets."""
