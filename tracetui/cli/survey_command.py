"""`tracetui survey`: joins results of many vantages and prints where how many of them stop."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from tracetui.cli.arguments import Arguments
from tracetui.cli.import_command import STANDARD_INPUT, source_name
from tracetui.cli.output import ExitStatus, narrate
from tracetui.cli.ownership_settings import ownership_settings
from tracetui.cli.parser import UsageError
from tracetui.model import CannotRunError, EvidenceError, Tool

if TYPE_CHECKING:
    from tracetui.analysis.survey.collect import Collected
    from tracetui.analysis.survey.facts import Survey
    from tracetui.model import AsSource, Attribution
    from tracetui.ownership.open_sources import Ownership

_MAX_FILE: Final = 8 << 30
"""Bytes of one file, unpacked. It is read piece by piece and never in memory as a whole."""

_BATCH: Final = 1000
"""Addresses that the DNS is asked about at once."""

_REST_AFTER: Final = 20_000
"""Look-ups after which tables let go of what they have unpacked."""

_BATCH_TIMEOUT_S: Final = 60.0
_MAX_REMARKS: Final = 3
"""Remarks told of one file."""


def run(arguments: Arguments, tool: Tool) -> int:
    """Read the files, print the survey; return the exit status."""
    if not arguments.words:
        raise UsageError("survey: no file: give one or more, or - to read standard input")
    if arguments.words.count(STANDARD_INPUT) > 1:
        raise UsageError("survey: standard input can be read once")
    if arguments.options.output is not None:
        from tracetui.investigation.write_report import check_report

        check_report(arguments.options.output, overwrite=arguments.options.force)
    from tracetui.analysis.survey.collect import Collected
    from tracetui.analysis.survey.facts import Fate

    collected, failed = Collected(), False
    for word in arguments.words:
        try:
            _read(word, collected)
        except EvidenceError as error:
            narrate(f"tracetui: {error}")
            failed = True
    if not collected.endpoints:
        if not failed:
            narrate("tracetui: survey: no trace in the files tells the address that was traced")
        return ExitStatus.CANNOT_RUN
    survey = _survey(collected, arguments)
    if survey.left_out:
        from tracetui.words import left_out_words

        narrate(f"tracetui: survey: {left_out_words(survey)}")
    _print(survey, arguments, tool)
    reached = all(one.fates.keys() <= {Fate.REACHED} for one in survey.endpoints)
    return ExitStatus.OK if reached and not failed else ExitStatus.NOT_REACHED


def _read(word: str, collected: "Collected") -> None:
    """Add what a file holds. Raises EvidenceError that names the file."""
    from tracetui.analysis.survey.collect import of_import
    from tracetui.evidence.traces.survey_source import survey_pieces

    name = source_name(word)
    remarks: list[str] = []
    more = 0
    with _opened(word) as file:
        try:
            for piece in survey_pieces(file):
                collected.add_places(piece.places)
                collected.add(map(of_import, piece.traces))
                taken = piece.remarks[: _MAX_REMARKS - len(remarks)]
                remarks += taken
                more += len(piece.remarks) - len(taken)
        except EvidenceError as error:
            raise EvidenceError(f"{name}: {error}") from None
    for remark in remarks:
        narrate(f"{name}: {remark}")
    if more:
        narrate(f"{name}: {more} more remarks")


@contextmanager
def _opened(word: str) -> Iterator[BufferedReader]:
    """Open a file, packed or not, or standard input. Whatever is wrong is an EvidenceError that names it."""
    from tracetui.files.read_file import UNREADABLE, open_file, unpacked

    name = source_name(word)
    try:
        if word == STANDARD_INPUT:
            yield unpacked(cast("BufferedReader", sys.stdin.buffer), _MAX_FILE)
        else:
            with unpacked(open_file(Path(word), _MAX_FILE, pipes=True), _MAX_FILE) as file:
                yield file
    except UNREADABLE as error:
        reason = getattr(error, "strerror", None) or str(error) or "it ends too early"
        raise EvidenceError(f"cannot read {name}: {reason}") from None


def _survey(collected: "Collected", arguments: Arguments) -> "Survey":
    from tracetui.analysis.survey.make_survey import make_survey
    from tracetui.ownership.as_lookup import AsLookup
    from tracetui.ownership.open_sources import Ownership

    settings = ownership_settings(arguments.config, always_offline=not _wants_network(arguments))
    ownership = Ownership(settings, narrate)
    try:
        lookup = AsLookup(ownership.sources, narrate)
        shared: dict[Attribution, Attribution] = {}
        owners: dict[str, Attribution] = {}
        # Neighbours one after the other: a table finds them in what it has just unpacked.
        for number, address in enumerate(sorted(collected.addresses), 1):
            found = replace(lookup.attribute(address), prefix=None, others=())
            owners[address] = shared.setdefault(found, found)
            if not number % _REST_AFTER:
                ownership.rest()
        sources: Sequence[AsSource] = lookup.infos
        unknown = [address for address, owner in owners.items() if not owner.known]
        if not settings.offline and unknown:
            found_online, sources = _ask_network(ownership, unknown)
            owners |= found_online
    finally:
        ownership.close()
    return make_survey(collected, owners, arguments.options.control, sources)


def _ask_network(
    ownership: "Ownership", addresses: Sequence[str]
) -> "tuple[Mapping[str, Attribution], Sequence[AsSource]]":
    """Return what the DNS says of addresses that no table knows, and all sources."""
    owners = ownership.owners()
    try:
        for start in range(0, len(addresses), _BATCH):
            owners.want(addresses[start : start + _BATCH])
            owners.settle(_BATCH_TIMEOUT_S)
        return owners.owners(), owners.sources
    finally:
        owners.close()


def _wants_network(arguments: Arguments) -> bool:
    """Tell whether `--no-offline` was typed: thousands of addresses go to no service unasked."""
    return vars(arguments.options).get("ownership.offline") is False


def _print(survey: "Survey", arguments: Arguments, tool: Tool) -> None:
    from tracetui.report.survey_json import survey_json
    from tracetui.report.survey_report import survey_markdown, survey_text

    now, ascii_only = datetime.now(UTC), arguments.config.screen.ascii
    match arguments.options.format:
        case "json":
            text = survey_json(survey, now, tool)
        case "text":
            text = survey_text(survey, now, tool, ascii_only=ascii_only)
        case _:
            text = survey_markdown(survey, now, tool, ascii_only=ascii_only)
    if arguments.options.output is None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CannotRunError(f"cannot write the survey to standard output: {error.strerror}") from None
        return
    from tracetui.investigation.write_report import write_report

    try:
        narrate(f"wrote {write_report(arguments.options.output, text, overwrite=arguments.options.force)}")
    except CannotRunError:
        sys.stdout.write(text)
        raise
