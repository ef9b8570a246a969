"""What others measured: traces of other tools, BGP paths, block registers, answers of the services."""
