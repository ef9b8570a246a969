"""Reads what a certificate says, and whether it is for a host (RFC 9525). Hostile input is expected."""

import hashlib
import ipaddress
import warnings
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tracetui.model.reference import ForeignText
from tracetui.model.safe_text import safe_text
from tracetui.model.service_check import Certificate

_MAX_NAMES: Final = 100
_MALFORMED: Final = (
    *(ValueError, TypeError),
    *(x509.InvalidVersion, x509.UnsupportedGeneralNameType, x509.DuplicateExtension),
)
"""What may be wrong with a certificate that OpenSSL takes."""


def read_certificate(der: bytes) -> Certificate | None:
    """Return the facts of a certificate; None where it cannot be read."""
    with warnings.catch_warnings():  # of odd encodings, which would be printed over the screen
        warnings.simplefilter("ignore")
        try:
            return _facts(x509.load_der_x509_certificate(der), der)
        except _MALFORMED:
            return None


def _facts(found: x509.Certificate, der: bytes) -> Certificate:
    try:
        key = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except Exception:  # noqa: BLE001  (a key of a kind that is not supported, or a malformed one)
        key = b""
    return Certificate(
        names=tuple(ForeignText(safe_text(name, limit=255)) for name in _names(found)[:_MAX_NAMES]),
        issuer=ForeignText(_issuer(found)),
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        sha256=hashlib.sha256(der).hexdigest(),
        key_sha256=hashlib.sha256(key).hexdigest() if key else "",
    )


def names_host(certificate: Certificate, host: str) -> bool:
    """Tell whether a certificate is for a host name or address; `*.` stands for one label (section 6.3)."""
    try:
        wanted = str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        wanted = host.lower().removesuffix(".")
        _, dot, parent = wanted.partition(".")
        names = {name.lower().removesuffix(".") for name in certificate.names}
        return wanted in names or (bool(dot) and f"*.{parent}" in names)
    return wanted in certificate.names


def _names(found: x509.Certificate) -> list[str]:
    try:
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return [
        *extension.value.get_values_for_type(x509.DNSName),
        *map(str, extension.value.get_values_for_type(x509.IPAddress)),
    ]


def _issuer(found: x509.Certificate) -> str:
    """Return who issued it: organisation and common name, whichever there are."""
    parts = [
        str(attribute.value)
        for oid in (x509.NameOID.ORGANIZATION_NAME, x509.NameOID.COMMON_NAME)
        for attribute in found.issuer.get_attributes_for_oid(oid)[:1]
    ]
    return safe_text(", ".join(parts) or found.issuer.rfc4514_string())
