"""What block registers say, as lines for both written reports and as JSON values."""

from collections.abc import Iterator

from tracetui.model import Snapshot
from tracetui.model.register_answer import ListedEntry, RegisterAnswer, RegisterFile
from tracetui.report.finding_json import facts_json, text_json
from tracetui.report.markdown_escape import inert
from tracetui.report.owner_json import Json
from tracetui.words import answer_words, caution, entry_words, register_words


def register_section(snapshot: Snapshot) -> Iterator[str]:
    """Yield the parts of the Markdown section; none where no register was given."""
    if not snapshot.outside.register_files:
        return
    yield "## Block registers\n"
    for file in snapshot.outside.register_files:
        yield f"{inert(register_words(file))}.\n"
        answers = _answers_of(file, snapshot)
        if file.is_read and answers:
            yield "".join(line for answer in answers for line in _answer_lines(answer))
    said = caution(snapshot.outside.registers)
    if said:
        yield f"{said}\n"


def register_lines(snapshot: Snapshot) -> Iterator[str]:
    """Yield the same as plain lines, without a heading."""
    for file in snapshot.outside.register_files:
        yield f"block register {register_words(file)}"
        for answer in _answers_of(file, snapshot) if file.is_read else ():
            yield f"    {answer_words(answer)}"
            yield from (f"      {words}" for words in _entries(answer))
    said = caution(snapshot.outside.registers)
    if said:
        yield said


def registers_json(snapshot: Snapshot) -> list[Json]:
    """Return every register with its answers."""
    return [_register_json(file, snapshot) for file in snapshot.outside.register_files]


def _answer_lines(answer: RegisterAnswer) -> Iterator[str]:
    yield f"- {inert(answer_words(answer))}\n"
    yield from (f"  - {inert(words)}\n" for words in _entries(answer))


def _entries(answer: RegisterAnswer) -> Iterator[str]:
    for entry in answer.entries:
        quoted = f"; the line: “{entry.quoted}”" if entry.line else ""
        yield f"{entry_words(entry)}{quoted}"
    if answer.further:
        yield f"{answer.further} more"


def _answers_of(file: RegisterFile, snapshot: Snapshot) -> list[RegisterAnswer]:
    return [answer for answer in snapshot.outside.registers if answer.register == file]


def _register_json(file: RegisterFile, snapshot: Snapshot) -> Json:
    facts = facts_json(file, without=("form", "stamp"))
    answers: list[Json] = [_answer_json(answer) for answer in _answers_of(file, snapshot)]
    return {
        **facts,
        "format": file.form or None,
        "stamp": text_json(file.stamp) or None,
        "answers": answers,
    }


def _answer_json(answer: RegisterAnswer) -> Json:
    entries: list[Json] = [_entry_json(entry) for entry in answer.entries]
    return {
        **facts_json(answer, without=("register", "entries")),
        "entries": entries,
        "text": text_json(answer_words(answer)),
    }


def _entry_json(entry: ListedEntry) -> Json:
    facts = facts_json(entry)
    told = {name: facts[name] or None for name in ("authority", "decision", "date")}
    return {**facts, **told, "text": text_json(entry_words(entry))}
