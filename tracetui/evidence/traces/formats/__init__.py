"""The formats that are read, a module each: `FORMAT`, or `FORMATS` for several of one family."""
