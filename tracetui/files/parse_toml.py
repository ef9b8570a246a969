"""Parses TOML of the user's files: whatever is wrong with it is one ValueError."""

import tomllib


def parse_toml(text: str) -> dict[str, object]:
    """Return the table that a TOML text is. Raises ValueError that says what is wrong."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
