"""An internet in a TOML file that answers probes with bytes."""
