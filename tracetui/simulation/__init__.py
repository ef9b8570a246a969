"""Simulates an internet described in a TOML file: it answers the bytes of probes with the bytes of replies.

    scenario = catalogue.load("protonmail-2019")   # or a file's path; catalogue.available(): what is shipped
    network = Network(scenario, seed=1)          # packets' bytes in, arrivals with their delays out
    clock = VirtualClock()                       # moves when somebody waits; or a SystemClock, in real time
    prober = PacketProber(SimulatedWire(network, clock), clock, random.Random(1).randbytes)
    owners = ImmediateOwners([ScenarioTable(scenario)], ScenarioNames(scenario).pointers)
    scenario.demo                                # targets, controls last, with their source addresses

`catalogue` finds scenarios; `read_scenario` and the other `read_*` modules validate a file and return values
(`scenario`). `network` finds the path of a flow (`routing`, `flow_path`) and forwards packets along it
(`forwarding`). `simulated_wire` offers that as the prober's `Wire`, `tun` as a TUN device; `scenario_sources`
answers questions about ASes and names.

Every mistake in a file is a `ScenarioError` of one line. `docs/scenarios.md` describes the files.
"""
