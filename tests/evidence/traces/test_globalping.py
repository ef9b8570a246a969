"""Measurements of Globalping, and what is told of probes that failed."""

from evidence.traces.read_documents import hops, only, problem, read
from evidence.traces.shown_trace import lines_of
from tracetui.model.imported_trace import Untold

PROBE = {"city": "Tver", "state": None, "country": "RU", "asn": 64500, "network": "Example Net"}


class TestGlobalping:
    def measurement(self, *results, **changes):
        return {
            "id": "x",
            "type": "traceroute",
            "status": "finished",
            "createdAt": "2024-02-03T04:05:06.789Z",
            "target": "mail.example",
            "probesCount": len(results),
            "measurementOptions": {"protocol": "TCP", "port": 25},
            "results": [{"probe": PROBE, "result": result} for result in results],
        } | changes

    def test_each_probe_is_a_trace_by_its_text(self):
        text = (
            "traceroute to mail.example (203.0.113.7), 20 hops max, 60 byte packets\n"
            " 1  gw (192.0.2.1)  0.5 ms *\n 2  * *\n 3  192.0.2.3 (192.0.2.3)  9.5 ms !X  9.75 ms !X"
        )
        result = {"status": "finished", "rawOutput": text, "resolvedAddress": "203.0.113.7", "hops": []}
        found = read(self.measurement(result, result))
        assert len(found.traces) == 2
        assert lines_of(found.traces[1]) == [
            "Globalping > mail.example 203.0.113.7; tcp/25; from Tver, RU, AS64500 Example Net ?; "
            "2024-02-03 04:05:06; untold nothing",
            "1 gw=192.0.2.1 te 0.5 *",
            "2 * *",
            "3 192.0.2.3 un13 9.5 9.75",
        ]
        assert found.traces[1].source_asn == 64500

    def test_the_list_of_hops_serves_where_the_text_is_missing(self):
        listed = [
            {"resolvedAddress": "192.0.2.1", "resolvedHostname": "gw", "timings": [{"rtt": 1}, {"rtt": 2}]},
            {"resolvedAddress": None, "resolvedHostname": None, "timings": []},
        ]
        trace = only(
            self.measurement({"status": "finished", "resolvedAddress": "203.0.113.7", "hops": listed})
        )
        assert hops(trace) == ["1 gw=192.0.2.1 1 2", "2 *"]
        assert {Untold.LOST_PROBES, Untold.MESSAGES} <= trace.untold

    def test_mtr_keeps_its_figures(self):
        stats = {"min": 1, "avg": 1.5, "max": 2, "stDev": 0.5, "total": 4, "rcv": 3, "drop": 1, "loss": 25}
        silent = dict.fromkeys(("min", "avg", "max", "stDev")) | {
            "total": 4,
            "rcv": 0,
            "drop": 4,
            "loss": 100,
        }
        listed = [
            {"resolvedAddress": "192.0.2.1", "resolvedHostname": "gw", "asn": [64500, 64501], "stats": stats}
            | {"timings": [{"rtt": 1}, {"rtt": 2}, {"rtt": 1.25}]},
            {"resolvedAddress": None, "resolvedHostname": None, "asn": [], "stats": silent, "timings": []},
        ]
        measured = self.measurement({"status": "finished", "hops": listed}, type="mtr", measurementOptions={})
        trace = only(measured)
        assert hops(trace) == ["1 4/1 gw=192.0.2.1 AS64500 AS64501 1.25 1 1.5 2 0.5", "2 4/4"]
        assert trace.untold == {Untold.PROBES, Untold.MESSAGES, Untold.END, Untold.TARGET}
        assert trace.protocol == "icmp"

    def test_probes_that_failed_or_are_not_ready_are_told(self):
        header = "traceroute to mail.example (203.0.113.7), 20 hops max, 60 byte packets"
        text = f"{header}\n 1  gw (192.0.2.1)  0.5 ms"
        found = read(
            self.measurement(
                {"status": "in-progress", "rawOutput": text},
                {"status": "failed", "rawOutput": "mail.example: Name or service not known\n"},
                {"status": "in-progress", "rawOutput": ""},
                {"status": "finished", "hops": "none"},
            )
        )
        assert len(found.traces) == 1
        assert Untold.END in found.traces[0].untold
        assert found.traces[0].remarks == ("the measurement is in-progress",)
        place = "Globalping: Tver, RU, AS64500 Example Net:"
        assert found.remarks == (
            f"{place} failed: mail.example: Name or service not known",
            f"{place} in-progress: no hops",
            f"{place} Expected `array`, got `str` - at `$.result.hops`",
        )

    def test_a_measurement_of_another_kind_is_named(self):
        assert (
            problem(self.measurement({}, type="ping")) == "Globalping: a measurement of ping holds no trace"
        )
