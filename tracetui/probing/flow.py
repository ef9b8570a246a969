"""One flow of a lane: the ports, the ICMP identifier and the packet template that all its probes share."""

from typing import Final

from tracetui.model import Lane, ProbeProtocol
from tracetui.packet.checksum import MODULUS, pseudo_header
from tracetui.packet.decode_reply import DecodedReply
from tracetui.packet.ip_header import TCP, pack_address
from tracetui.packet.probe_template import ECHO_TOKEN_LENGTH, SYN_TOKEN_LENGTH, EchoTemplate, SynTemplate
from tracetui.probing.tokens import Tokens


def describe_echo_flow(identifier: int, checksum: int | None = None) -> str:
    """Return the words that identify a flow of echo requests; `checksum` where all of them have the same."""
    return f"ICMP id {identifier}" + ("" if checksum is None else f", checksum 0x{checksum:04x}")


class Flow:
    """Template, ports and addresses of a lane from one source address.

    `family_key` is the start of all its probes' keys (ICMP identifier, or both ports). By it, a reply for
    this flow without an outstanding token is told from one that is not for this program.
    """

    __slots__ = (
        "address",
        "addresses_sum",
        "bare_address",
        "checksum",
        "family_key",
        "identifier",
        "numbers",
        "packed",
        "port",
        "source",
        "template",
        "token_length",
        "words",
    )

    def __init__(self, lane: Lane, source: str, port: int | None, tokens: Tokens) -> None:
        """Choose identifiers at random and build the template. `port`: the reserved source port, for TCP."""
        self.address: Final = lane.address
        self.bare_address: Final = lane.address.partition("%")[0]
        self.packed: Final = pack_address(lane.address)
        self.source: Final = source
        self.port: Final = port
        self.checksum: int | None = None
        self.identifier: int | None = None
        self.addresses_sum = 0
        ip_id, flow_label = tokens.number(1, 0xFFFF), tokens.number(1, 0xFFFFF)
        self.template: EchoTemplate | SynTemplate
        if lane.protocol is ProbeProtocol.ICMP:
            self.identifier, self.checksum = tokens.number(1, 0xFFFF), tokens.number(1, MODULUS - 1)
            self.template = EchoTemplate(
                source,
                lane.address,
                identifier=self.identifier,
                checksum=self.checksum,
                ip_id=ip_id,
                flow_label=flow_label,
            )
            self.family_key = self.identifier.to_bytes(2, "big")
            self.token_length = ECHO_TOKEN_LENGTH
            self.words: str = describe_echo_flow(self.identifier, self.checksum)
            self.numbers: tuple[int, ...] = (self.identifier,)
            return
        if port is None or lane.port is None:
            raise ValueError(f"a TCP lane without a port: {lane.id}")
        self.template = SynTemplate(
            source,
            lane.address,
            source_port=port,
            destination_port=lane.port,
            timestamp=tokens.number(1, 0x7FFFFFFF),
            ip_id=ip_id,
            flow_label=flow_label,
        )
        self.family_key = port.to_bytes(2, "big") + lane.port.to_bytes(2, "big")
        self.token_length = SYN_TOKEN_LENGTH
        self.words = f"source port {port}"
        self.numbers = (port,)
        pseudo = pseudo_header(pack_address(source), self.packed, TCP, 0)
        self.addresses_sum = int.from_bytes(pseudo, "big") % MODULUS

    def key(self, token: bytes) -> bytes:
        """Return what identifies a probe in a reply: see `DecodedReply.key`."""
        return self.family_key + (token[:2] if self.checksum is not None else token)

    def is_for(self, decoded: DecodedReply, sender: str) -> bool:
        """Tell whether a reply concerns the endpoint's address: as the quoted destination, else as the
        sender."""
        if decoded.destination is None:
            return sender == self.bare_address
        return decoded.destination == self.packed

    def is_proven(self, decoded: DecodedReply, token: bytes) -> bool:
        """Tell whether a reply found by its key proves that its sender saw the probe.

        For an echo request: the payload token as far as it came back, all of it from the endpoint. A quote
        with less than the whole token must also carry the checksum; with all of it the checksum is not asked
        for, as some NATs put the rest of a quote right and leave that one wrong. A SYN's token is in the key.
        """
        if self.checksum is None:
            return True
        returned = decoded.token
        if not token.startswith(returned, 2):
            return False
        return len(returned) == ECHO_TOKEN_LENGTH - 2 or decoded.checksum == self.checksum
