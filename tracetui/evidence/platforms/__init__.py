"""Public measurement platforms that trace on request, from probes in other networks."""
