"""The command that has public platforms trace, also as the next step of a finding."""

from collections.abc import Sequence

from tracetui.model import Asn, LaneSnapshot
from tracetui.model.public_vantage import PublicVantage
from tracetui.tui.commands.bgp import serving_controls
from tracetui.tui.commands.workspace import EVIDENCE, SURVEY, Targets, command
from tracetui.tui.dialogs.public_vantages import PublicVantagesDialog


@command("W", "Elsewhere", "Work", EVIDENCE | SURVEY, palette_word="trace from other networks")
def trace_from_elsewhere(screen: Targets) -> None:
    """Have Globalping or RIPE Atlas trace the chosen endpoint and its controls."""
    screen.grid.chosen = screen.view.chosen_panel or screen.grid.chosen
    _open(screen, [lane for lane in screen.chosen_lanes if lane.lane.imported is None], "")


def trace_lane_from_elsewhere(screen: Targets, lane_id: str | None, inside: Asn | None) -> None:
    """Have a platform trace a lane's endpoint and its controls, from `inside` an AS where one is named."""
    lanes = screen.shown.lanes if screen.shown is not None else ()
    chosen = next((lane.lane.panel for lane in lanes if lane.id == lane_id), None)
    typed = "" if inside is None else f"globalping:AS{inside}"
    _open(screen, [lane for lane in lanes if lane.lane.panel == chosen], typed)


def _open(screen: Targets, lanes: Sequence[LaneSnapshot], typed: str) -> None:
    if screen.shown is None or not lanes:
        screen.say(
            "no endpoint to trace from elsewhere: add a target, or choose one that is probed", "warning"
        )
        return
    controls = serving_controls(screen.shown, [lane.id for lane in lanes])
    beside = [lane for lane in screen.shown.probed if lane.lane.panel in {one.lane.panel for one in controls}]
    panels = list(dict.fromkeys(screen.view_options.real(lane.lane.panel) for lane in (*lanes, *beside)))
    public = screen.board.public

    def ask(vantage: PublicVantage, allowed: int) -> None:
        public.ask(vantage, panels, allowed=allowed)
        screen.thaw()

    screen.open(
        PublicVantagesDialog(
            list(dict.fromkeys(f"{lane.lane.label} {lane.lane.host}" for lane in (*lanes, *beside))),
            ask,
            lambda vantage: public.credits_for(vantage, panels),
            lambda: public.asks,
            public.cancel,
            ask_balance=public.ask_balance,
            balance=lambda: public.balance,
            typed=typed or "globalping:",
        )
    )
