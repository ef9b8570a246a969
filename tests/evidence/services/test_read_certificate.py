"""Certificates that OpenSSL takes and nobody should have issued: read as far as they say anything."""

import random

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tracetui.evidence.services.read_certificate import names_host, read_certificate


@pytest.fixture(scope="module")
def der() -> bytes:
    issued = trustme.CA().issue_cert("mx.example", "192.0.2.1")
    return x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes()).public_bytes(Encoding.DER)


def test_a_certificate_says_for_whom_it_is(der):
    found = read_certificate(der)
    assert found is not None
    assert names_host(found, "mx.example")
    assert names_host(found, "192.0.2.1")
    assert not names_host(found, "www.example")


def test_a_version_that_there_is_not_is_none(der):
    at = der.index(b"\xa0\x03\x02\x01\x02")  # [0] INTEGER 2: version 3
    assert read_certificate(der[: at + 4] + b"\x22" + der[at + 5 :]) is None


def test_no_bytes_end_the_reading(der):
    chance = random.Random(1)
    for _ in range(500):
        changed = bytearray(der)
        changed[chance.randrange(len(der))] = chance.randrange(256)
        found = read_certificate(bytes(changed))
        assert found is None or all(name.isprintable() for name in found.names)
