"""Engine, resolver, ownership and analysis, put together: what the screen and the report command both use."""
