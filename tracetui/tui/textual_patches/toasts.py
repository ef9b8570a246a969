"""Removes toasts together with their containers.

Textual 8.2: `App.clear_notifications` removes the words of a toast that has not run out, but leaves its
`ToastHolder` on the screen, empty.
"""

from textual.app import App


def remove_toasts(app: App[object]) -> None:
    """Remove all toasts from all screens."""
    app.clear_notifications()
    for screen in app.screen_stack:
        screen.query("ToastHolder").remove()
