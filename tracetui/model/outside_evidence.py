"""Evidence about the endpoints of an investigation that its lanes did not measure, by kind."""

from dataclasses import dataclass, replace
from datetime import datetime

from tracetui.model.as_contact import AsContacts
from tracetui.model.bgp_route import NO_BGP, BgpEvidence
from tracetui.model.mail_domain import MailDomain
from tracetui.model.public_vantage import VantageAsk
from tracetui.model.register_answer import RegisterAnswer, RegisterFile
from tracetui.model.service_check import ServiceSeries


@dataclass(frozen=True, slots=True)
class OutsideEvidence:
    """Everything known from elsewhere at one moment; a field for each kind."""

    bgp: BgpEvidence = NO_BGP
    register_files: tuple[RegisterFile, ...] = ()
    """The block registers that the user gave, read or not."""

    registers: tuple[RegisterAnswer, ...] = ()
    """What they say, register by register, in each an answer for every endpoint."""

    services: tuple[ServiceSeries, ...] = ()
    """Connections to services: of endpoints in board order, then of other mail exchangers."""

    mail_domains: tuple[MailDomain, ...] = ()
    contacts: tuple[AsContacts, ...] = ()
    """Of the ASes that findings turn to, where the user asked for them."""

    public_asks: tuple[VantageAsk, ...] = ()
    """What public platforms were asked, and what came of it; the traces themselves are lanes."""

    def until(self, moment: datetime) -> "OutsideEvidence":
        """Return what was known at a moment; what is no measurement of ours holds for all."""
        series = (one.until(moment) for one in self.services)
        return replace(
            self,
            services=tuple(one for one in series if one is not None),
            mail_domains=tuple(one for one in self.mail_domains if one.asked_at <= moment),
        )


NOTHING_FROM_OUTSIDE = OutsideEvidence()
