"""What others measured: traces of other tools, BGP paths, block registers, and what the services themselves answer."""
