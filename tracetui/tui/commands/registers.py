"""The command that adds a block register."""

from tracetui.tui.commands.workspace import EVIDENCE, Session, command
from tracetui.tui.dialogs.prompt import PromptDialog


@command("B", "Register", "Work", EVIDENCE, palette_word="block register")
def add_register(screen: Session) -> None:
    """Look up every endpoint in the file of a block register."""
    screen.open(
        PromptDialog(
            "Block register",
            lambda text: _add_register(screen, text),
            explanation=(
                "A file, plain or .gz: dump.csv of zapret-info, a list of addresses and names, a CSV, hosts, "
                "dnsmasq or RPZ file. For any other CSV file: FILE:column=NAME. Nothing is sent anywhere."
            ),
            foot="enter reads · esc closes",
        )
    )


def _add_register(screen: Session, text: str) -> None:
    screen.board.add_register(text)
    screen.thaw()
