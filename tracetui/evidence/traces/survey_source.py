"""Reads a file for a survey piece by piece: any number of results as JSON, or other text."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tracetui.evidence.document_stream import begins_with_object, stream_documents
from tracetui.evidence.traces.atlas_probes import atlas_probes
from tracetui.evidence.traces.document_traces import take_document
from tracetui.evidence.traces.read_traces import read_traces
from tracetui.evidence.traces.source_text import MAX_SIZE
from tracetui.files.read_file import read_stream
from tracetui.model import EvidenceError, safe_text
from tracetui.model.imported_trace import ImportedTrace
from tracetui.model.vantage_place import VantagePlace

MAX_FOREIGN: Final = 100_000
"""Objects one after the other that hold nothing for a survey, after which the rest of a file is not read."""


@dataclass(slots=True)
class SurveyPiece:
    """What one document of a file holds: one result, one measurement of many probes, one snapshot."""

    traces: list[ImportedTrace] = field(default_factory=list)
    places: list[VantagePlace] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What could not be read, one line each."""


def survey_pieces(file: io.BufferedReader) -> Iterator[SurveyPiece]:
    """Yield what a file holds, a document at a time.

    Raises EvidenceError with one line where it holds nothing for a survey, and what reading it raises.
    """
    if not begins_with_object(file.peek(1 << 12)):
        found = read_traces(read_stream(file, MAX_SIZE))
        yield SurveyPiece(list(found.traces), remarks=list(found.remarks))
        return
    anything, problem, foreign = False, "", 0
    for value in stream_documents(file):
        piece = SurveyPiece()
        if isinstance(value, EvidenceError):
            problem = problem or str(value)
            piece.remarks.append(str(value))
        else:
            piece.places += atlas_probes(value)
            if not piece.places:
                take_document(value, lambda item, piece=piece: _sort(item, piece))  # type: ignore[misc]
            problem = problem or next(iter(piece.remarks), "")
        del value  # not kept while the next one is read
        foreign = 0 if piece.traces or piece.places else foreign + 1
        anything = anything or not foreign
        if foreign == MAX_FOREIGN:
            said = f"the rest was not read: {MAX_FOREIGN:,} JSON objects in a row are no traces"
            problem = problem or said
            piece.remarks.append(said)
            yield piece
            break
        yield piece
    if not anything:
        raise EvidenceError(problem or "JSON, but no traces and no probes of RIPE Atlas")


def _sort(item: ImportedTrace | str, piece: SurveyPiece) -> None:
    if isinstance(item, str):
        piece.remarks.append(safe_text(item))
    else:
        piece.traces.append(item)
