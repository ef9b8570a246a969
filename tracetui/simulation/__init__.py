"""An internet in a TOML file that answers probes with bytes.

    scenario = catalogue.load("protonmail-2019")   # or a file's path; catalogue.available(): what is shipped
    network = Network(scenario, seed=1)          # packets' bytes in, arrivals with their delays out
    clock = VirtualClock()                       # moves when somebody waits; or a SystemClock, in real time
    prober = PacketProber(SimulatedWire(network, clock), clock, random.Random(1).randbytes)
    owners = ImmediateOwners([ScenarioTable(scenario)], ScenarioNames(scenario).pointers)
    scenario.demo                                # targets, controls last, with their source addresses

`catalogue` finds scenarios; `reader` and what it imports make values (`scenario`) of files. `network` finds
the way of a flow (`routing`) and lets packets fly it (`flight`), past the policies of each node (`places`).
`wire` puts that behind the prober's `Wire`, `tun` behind a TUN device; `directory` knows ASes and names.

Every mistake in a file is a `ScenarioError` of one line. `docs/scenarios.md` describes the files.
"""
