"""`tracetui asn` asks no registry of the internet here either."""

from ownership.conftest import closed_port, no_registries  # noqa: F401  (fixtures)
