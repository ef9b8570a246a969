"""`tracetui completions`: the completion script for a shell, made by shtab from the parsers."""

from typing import Final

from tracetui.cli.parser import COMMANDS, build_parser

_NAMES: Final = "tracetui vantage list 2>/dev/null | sed -n 's/^\\([^ :]*\\) .*/\\1/p'"
"""The vantages of the configuration, asked for when they are wanted: the script is older than they are."""

_FUNCTIONS: Final = {
    "bash": f"""\
_tracetui_vantages() {{ compgen -W "$({_NAMES})" -- "$1"; }}
_tracetui_vantage_words() {{ compgen -W "list test $({_NAMES})" -- "$1"; }}""",
    "zsh": f"""\
_tracetui_vantages() {{ compadd -- ${{(f)"$({_NAMES})"}}; }}
_tracetui_vantage_words() {{ compadd list test; _tracetui_vantages; }}""",
}
_VANTAGES: Final = {
    "preamble": _FUNCTIONS,
    "bash": "_tracetui_vantages",
    "zsh": "_tracetui_vantages",
}
_VANTAGE_WORDS: Final = {
    "preamble": _FUNCTIONS,
    "bash": "_tracetui_vantage_words",
    "zsh": "_tracetui_vantage_words",
    "tcsh": "(list test)",
}


def completion_script(shell: str) -> str:
    """Return the script for bash, zsh or tcsh."""
    import shtab

    from tracetui.simulation.catalogue import available

    parser = build_parser()
    for each in (parser, *parser.commands.values()):
        for action in each.options():
            if action.metavar == "FILE":
                action.complete = shtab.FILE  # type: ignore[attr-defined]
            elif "--via" in action.option_strings:
                action.complete = _VANTAGES  # type: ignore[attr-defined]
    choices = {command.name: command.choices for command in COMMANDS}
    choices["demo"] = tuple(scenario.name for scenario in available())
    for name, words in choices.items():
        positional = parser.commands[name].words
        if words and positional is not None:
            positional.choices, positional.help = words, None
            if name == "vantage":
                positional.complete = _VANTAGE_WORDS  # type: ignore[attr-defined]
    script: str = shtab.complete(parser, shell)
    return script
