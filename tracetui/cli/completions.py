"""`tracetui completions`: the completion script for a shell, made by shtab from the parsers."""

from tracetui.cli.parser import COMMANDS, build_parser


def completion_script(shell: str) -> str:
    """Return the script for bash, zsh or tcsh."""
    import shtab

    from tracetui.simulation.catalogue import available

    parser = build_parser()
    for each in (parser, *parser.commands.values()):
        for action in each.options():
            if action.metavar == "FILE":
                action.complete = shtab.FILE  # type: ignore[attr-defined]
    choices = {command.name: command.choices for command in COMMANDS}
    choices["demo"] = tuple(scenario.name for scenario in available())
    for name, words in choices.items():
        positional = parser.commands[name].words
        if words and positional is not None:
            positional.choices, positional.help = words, None
    script: str = shtab.complete(parser, shell)
    return script
