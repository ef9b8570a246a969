"""A TLS client that completes every handshake and reports whether the certificate is valid.

pyOpenSSL, because the standard library either ends the handshake at a certificate that nobody vouches for, or
does not check it. Import it late.
"""

import ipaddress
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Final

from OpenSSL import SSL, crypto

from tracetui.evidence.services.limits import StepError
from tracetui.evidence.services.read_certificate import names_host, read_certificate
from tracetui.model.service_check import CertificateProblem, FailureReason, TlsSession

_PIECE: Final = 1 << 16

_PROBLEMS: Final = {
    9: CertificateProblem.NOT_YET_VALID,
    10: CertificateProblem.EXPIRED,
    18: CertificateProblem.SELF_SIGNED,
    2: CertificateProblem.UNKNOWN_ISSUER,
    19: CertificateProblem.UNKNOWN_ISSUER,
    20: CertificateProblem.UNKNOWN_ISSUER,
    21: CertificateProblem.UNKNOWN_ISSUER,
}
"""By X509_V_ERR code (OpenSSL's x509_vfy.h)."""

_CONTEXTS: Final = 8


class TlsClient:
    """One handshake, and what is sent over it, from bytes to bytes. All methods raise StepError."""

    def __init__(self, host: str, alpn: tuple[str, ...] = (), authorities: Path | None = None) -> None:
        """`host`: name or address that the certificate must be for.

        `alpn`: protocols to offer. `authorities`: a PEM file to trust in place of the system's store.
        """
        self._host = host
        self._connection = SSL.Connection(_context(alpn, authorities))
        self._connection.set_app_data([])
        self._connection.set_connect_state()
        if not _is_address(host):  # RFC 6066 section 3
            self._connection.set_tlsext_host_name(host.encode("ascii", "ignore"))

    def handshake(self) -> bool:
        """Go on with the handshake; True once it is complete."""
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return False
        except SSL.Error as error:
            raise _failed(error) from None
        return True

    def session(self) -> TlsSession:
        """Return what the handshake came to."""
        errors: list[int] = self._connection.get_app_data()
        leaf = self._connection.get_peer_certificate()
        der = b"" if leaf is None else crypto.dump_certificate(crypto.FILETYPE_ASN1, leaf)
        certificate = read_certificate(der) if der else None
        problem = None if not errors else _PROBLEMS.get(errors[0], CertificateProblem.OTHER)
        if certificate is None:
            problem = CertificateProblem.OTHER
        return TlsSession(
            version=self._connection.get_protocol_version_name(),
            alpn=self._connection.get_alpn_proto_negotiated().decode("ascii", "replace"),
            certificate=certificate,
            problem=problem,
            names_host=names_host(certificate, self._host) if certificate is not None else None,
        )

    def incoming(self, data: bytes) -> None:
        """Take what the server sent."""
        self._connection.bio_write(data)

    def outgoing(self) -> bytes:
        """Return what is to be sent."""
        parts = []
        try:
            while True:
                parts.append(self._connection.bio_read(_PIECE))
        except SSL.WantReadError:
            return b"".join(parts)

    def write(self, data: bytes) -> None:
        """Encrypt `data` for `outgoing`."""
        try:
            self._connection.sendall(data)
        except SSL.Error as error:
            raise _failed(error) from None

    def read(self, size: int) -> bytes | None:
        """Return what was decrypted; b"" at the end of the stream, None where more must come in first."""
        try:
            return self._connection.recv(size)
        except SSL.WantReadError:
            return None
        except SSL.ZeroReturnError:
            return b""
        except SSL.Error as error:
            raise _failed(error) from None


@lru_cache(_CONTEXTS)
def _context(alpn: tuple[str, ...], authorities: Path | None) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    if authorities is not None:
        context.load_verify_locations(str(authorities))
    else:
        paths = ssl.get_default_verify_paths()
        if paths.cafile or paths.capath:
            context.load_verify_locations(paths.cafile, paths.capath)
    context.set_verify(SSL.VERIFY_PEER, _note)
    if alpn:
        context.set_alpn_protos([protocol.encode() for protocol in alpn])
    return context


def _note(connection: SSL.Connection, _certificate: crypto.X509, code: int, _depth: int, ok: int) -> bool:
    """Note a problem with the chain, and go on."""
    if not ok:
        connection.get_app_data().append(code)
    return True


def _failed(error: SSL.Error) -> StepError:
    """Return the failure with OpenSSL's reason: `wrong version number`, `tlsv1 alert internal error`."""
    queue = error.args[0] if error.args and isinstance(error.args[0], list) else []
    reason = next((entry[2] for entry in queue if len(entry) > 2), "")
    if not reason and len(error.args) > 1:
        reason = str(error.args[1])
    return StepError(FailureReason.TLS_FAILED, reason)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
