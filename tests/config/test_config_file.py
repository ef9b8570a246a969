"""The configuration file: what it takes, and that a mistake is one line with file, key and nearest word."""

import os
import pty
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracetui.config import Config, Details, Origin
from tracetui.config.config_file import load_config, read_config
from tracetui.config.paths import UserPaths
from tracetui.config.settings import SECTIONS, SETTINGS
from tracetui.config.template import docs_of, effective, template
from tracetui.model import ConfigError, Holding, ProbeProtocol
from tracetui.ownership.lookup_settings import SourceKind


@pytest.fixture
def paths(tmp_path: Path) -> UserPaths:
    (tmp_path / "config").mkdir()
    return UserPaths(tmp_path / "config", tmp_path / "state")


@pytest.fixture
def load(paths):
    def write(text: str) -> Config:
        paths.config_file.write_text(text)
        return load_config(None, paths)

    return write


def test_everything(load, paths):
    config = load(
        """
        [probing]
        interval = 2
        timeout = 1.5
        max-hops = 20
        max-rate = 200
        max-lanes = 64
        protocols = ["icmp", "ICMP"]
        ports = [25, 587, 25]
        prober = "raw"
        [ownership]
        asn-table = ["tables/a.tsv", "/b.mmdb", "~/c.gz"]
        as-source = ["cymru", "table"]
        as-names = "names.toml"
        dns-server = "[2001:db8::53]:5353"
        no-dns = true
        offline = true
        [evidence]
        register = ["dump.csv", "~/list.csv:column=ip"]
        atlas-key-file = "~/atlas.key"
        [report]
        full = true
        [screen]
        theme = "nord"
        mouse = false
        ascii = true
        privacy = true
        privacy-hops = 3
        remember = false
        details = "side"
        columns = ["mean", "jitter"]
        [keys]
        add_target = "n"
        quit_board = ["Q", "ctrl+q"]
        [as.8359]
        name = "MTS"
        colour = 208
        """
    )
    probing, ownership, screen = config.probing, config.ownership, config.screen
    assert (probing.interval, probing.timeout, probing.max_hops) == (2.0, 1.5, 20)
    assert (probing.max_rate, probing.max_lanes) == (200, 64)
    assert (probing.protocols, probing.ports, probing.prober) == ((ProbeProtocol.ICMP,), (25, 587), "raw")
    home = Path("~").expanduser()
    assert ownership.asn_table == (paths.config / "tables/a.tsv", Path("/b.mmdb"), home / "c.gz")
    assert ownership.as_source == (SourceKind.CYMRU, SourceKind.TABLE)
    assert config.evidence.register == (paths.config / "dump.csv", home / "list.csv:column=ip")
    assert config.evidence.atlas_key_file == home / "atlas.key"
    assert config.report.full
    assert ownership.as_names == paths.config / "names.toml"
    assert (ownership.dns_server, ownership.no_dns, ownership.offline) == ("[2001:db8::53]:5353", True, True)
    assert (screen.theme, screen.mouse, screen.ascii, screen.remember) == ("nord", False, True, False)
    assert (screen.privacy, screen.privacy_hops, screen.details) == (True, 3, Details.SIDE)
    assert config.keys.chosen == {"add_target": ("n",), "quit_board": ("Q", "ctrl+q")}
    assert config.keys.source == str(paths.config_file)
    assert config.holders.holdings == {8359: Holding("MTS", 208)}
    assert set(config.origins.values()) == {Origin.FILE}
    assert set(config.origins) == set(SETTINGS)


def test_no_file_and_an_empty_one_are_defaults(load, paths):
    assert load_config(None, paths) == Config()
    assert load("").probing == Config().probing
    assert load("[probing]\n").origins == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[probing\n", "not a TOML file: "),
        ("[probin]\n", "probin is not known; did you mean 'probing'?"),
        ("interval = 1\n", "interval is not known: write it below [probing]"),
        ("[screen]\ninterval = 1\n", "screen.interval is not known: write it below [probing]"),
        ("[probing]\nintervals = 1\n", "probing.intervals is not known; did you mean 'interval'?"),
        ("[probing]\nmax_hops = 1\n", "did you mean 'max-hops'?"),
        ("[screen]\nqqqqqq = 1\n", "screen.qqqqqq is not known"),
        ("probing = 5\n", "probing is not a table: write [probing]"),
        ("keys = 5\n", "keys is not a table"),
        ('[probing]\ninterval = "1"\n', 'probing.interval: "1" is not a number of seconds from 0.05 to 3600'),
        ("[probing]\ninterval = true\n", "true is not a number of seconds"),
        ("[probing]\ninterval = nan\n", "nan is not a number of seconds"),
        ("[probing]\ntimeout = 61\n", "61 is not a number of seconds from 0.05 to 60"),
        ("[probing]\nmax-hops = 65\n", "65 is not a whole number from 1 to 64"),
        ("[probing]\nmax-hops = 2.5\n", "2.5 is not a whole number"),
        ("[probing]\nmax-hops = true\n", "true is not a whole number"),
        ("[probing]\nprotocols = []\n", "the list is empty"),
        ('[probing]\nprotocols = "tcp"\n', '"tcp" is not a list'),
        ('[probing]\nprotocols = ["tpc"]\n', "did you mean 'tcp'?"),
        ("[probing]\nports = [0]\n", "port 0 is not a number from 1 to 65535"),
        ('[probing]\nports = ["25"]\n', 'port "25" is not a number'),
        ('[probing]\nprober = "rowtless"\n', "did you mean 'rootless'?"),
        ('[ownership]\nas-source = ["plevn"]\n', "did you mean 'plevin'?"),
        ('[ownership]\ndns-server = "ns.example"\n', "is not the address of a DNS server"),
        ('[ownership]\nasn-table = ["a\\nb"]\n', "is not a path"),
        ("[ownership]\nasn-table = 5\n", "5 is not a list"),
        ('[screen]\nmouse = "no"\n', '"no" is neither true nor false'),
        ("[screen]\nprivacy-hops = -1\n", "-1 is not a whole number from 0 to 64"),
        ('[screen]\ndetails = "sid"\n', "did you mean 'side'?"),
        ('[screen]\ntheme = ["nord"]\n', "is not the name of a theme"),
        ("[screen]\ntheme = {a = 1}\n", "a table is not the name of a theme"),
        ("[keys]\nadd_target = 5\n", "keys.add_target is not a key"),
        ("[keys]\nadd_target = []\n", "keys.add_target is not a key"),
        ('[keys]\nadd_target = [""]\n', "keys.add_target is not a key"),
        ("[as.8359]\ncolour = 256\n", "as.8359.colour: not a number from 0 to 255"),
        ('["\\u001b[31m"]\n', "�[31m is not known"),
    ],
)
def test_a_mistake_is_one_line_with_file_and_key(load, paths, text, said):
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert str(caught.value).startswith(f"{paths.config_file}: ")
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_file_that_is_named_has_to_be_there(paths):
    with pytest.raises(ConfigError, match=r"gone\.toml: no such file"):
        load_config(paths.config / "gone.toml", paths)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "not UTF-8"),
        (b"#" * 1_000_001, "too large"),
        (b"a=" + b"[" * 9999, "nested too deeply"),
        (b"[probing]\nmax-hops=" + b"1" * 5000, "not a TOML"),
        (b"[probing]\nmax-hops=0x" + b"f" * 5000, "max-hops"),
    ],
)
def test_what_is_no_such_file_at_all(paths, content, said):
    paths.config_file.write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        load_config(None, paths)


def test_what_cannot_be_read_is_named(paths):
    paths.config_file.mkdir()
    with pytest.raises(ConfigError, match=r"config\.toml: cannot be read \(is a directory\)"):
        load_config(None, paths)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
sections = st.sampled_from([*SECTIONS, "keys", "as"]) | st.text(max_size=8)
keys = st.sampled_from([name.partition(".")[2] for name in SETTINGS]) | st.text(max_size=8)


@example({"keys": {"": "0", "𐀀\x85": "0"}})
@given(st.dictionaries(sections, st.dictionaries(keys, values, max_size=4) | values, max_size=4))
def test_whatever_a_file_says_it_is_taken_or_refused_in_one_line(tree):
    try:
        config = read_config(tree, Path("/c.toml"), Path("/home/u"))
    except ConfigError as error:
        assert str(error).startswith("/c.toml: ")
        assert "\n" not in str(error)
    else:
        tomllib.loads("\n".join(effective(config)))


def uncommented(text: str) -> str:
    """Settings are commented out with a # alone, prose with a # and a space."""
    lines = text.splitlines()
    return "\n".join(
        line[1:] if line.startswith("#") and line[1:2] not in {" ", ""} else line for line in lines
    )


def test_the_file_to_begin_with_sets_nothing():
    tree = tomllib.loads(template({"add_target": ("a",)}))
    assert read_config(tree, Path("/c.toml"), Path("/")).origins == {}
    assert set(tree) == {*SECTIONS, "keys"}


def test_the_file_to_begin_with_has_every_setting_at_its_default():
    text = uncommented(template({"add_target": ("a",), "toggle_role": ("m", "C")}))
    config = read_config(tomllib.loads(text), Path("/c.toml"), Path("/"))
    usual = Config()
    for name in SETTINGS:
        assert config.value(name) == usual.value(name), name
        assert config.origin(name) is Origin.FILE
    assert config.keys.chosen == {"add_target": ("a",), "toggle_role": ("m", "C")}
    assert config.holders.holdings == {8359: Holding("MTS", 208)}


def test_every_setting_is_explained():
    text = template()
    for section, declared in SECTIONS.items():
        docs = docs_of(declared)
        for name in SETTINGS:
            place, _, key = name.partition(".")
            if place == section:
                assert docs[key.replace("-", "_")].endswith(".")
    assert "Interval between rounds in seconds" in text


def test_what_holds_is_shown_with_its_origin(load):
    config = load('[probing]\ninterval = 2\n[screen]\ntheme = "nord"\n').overridden(
        {"probing.interval": 0.5}, Origin.COMMAND_LINE
    )
    lines = [" ".join(line.split()) for line in effective(config)]
    assert "interval = 0.5 # command line" in lines
    assert 'theme = "nord" # file' in lines
    assert "timeout = 2.0 # default" in lines
    assert read_config(tomllib.loads("\n".join(lines)), Path("/c.toml"), Path("/")).probing == config.probing


def test_nothing_is_written_by_reading(paths):
    load_config(None, paths)
    assert list(paths.config.iterdir()) == []


def test_a_file_of_an_editor_that_marks_its_encoding(paths):
    paths.config_file.write_bytes(b"\xef\xbb\xbf[probing]\r\ninterval = 0.5\r\n")
    assert load_config(None, paths).probing.interval == 0.5


def test_another_encoding_is_named_with_its_line(paths):
    paths.config_file.write_bytes(b"[probing]\n# caf\xe9\n")
    with pytest.raises(ConfigError, match=r"config.toml: not UTF-8 \(line 2\)"):
        load_config(None, paths)


# What is no file


def test_a_named_pipe_without_a_writer_is_refused(tmp_path, paths):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(
        ConfigError, match=r"pipe: cannot be read \(it is a named pipe: give a file"
    ) as caught:
        load_config(pipe, paths)
    assert "\n" not in str(caught.value)
    (tmp_path / "link").symlink_to(pipe)
    with pytest.raises(ConfigError, match="named pipe"):
        load_config(tmp_path / "link", paths)


def test_a_shells_pipe_is_read_to_its_end(paths):
    there, here = os.pipe()
    os.write(here, b"[probing]\nmax-hops = 7\n")
    os.close(here)
    assert load_config(Path(f"/dev/fd/{there}"), paths).probing.max_hops == 7
    os.close(there)


def test_a_terminal_is_refused_and_nothing_is_nothing(paths):
    mine, its = pty.openpty()
    with pytest.raises(ConfigError, match="it is a terminal"):
        load_config(Path(os.ttyname(its)), paths)
    os.close(mine)
    os.close(its)
    assert load_config(Path("/dev/null"), paths).probing == Config().probing


def test_vantages(load):
    config = load(
        """
        [vantage.office]
        ssh = "user@host"
        [vantage.r1]
        command = ["ssh", "r1", "traceroute", "{address}"]
        every = 60
        at-once = 2
        [vantage.r2]
        ssh = "r2"
        template = "cisco-ios"
        """
    )
    assert list(config.vantages) == ["office", "r1", "r2"]
    assert config.vantages["r1"].command == ("ssh", "r1", "traceroute", "{address}")
    assert (config.vantages["r1"].every, config.vantages["r1"].at_once) == (60, 2)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "write either ssh"),
        ('ssh = "a"\ncommand = "b {address}"', "write either ssh"),
        ('ssh = "a"\ntemplate = "cisco"', "template goes with ssh"),
        ('command = "b {address}"\ntemplate = "mtr"', "template goes with ssh"),
        ('command = "b {address}"\ntime_out = 3', "time_out is not known; did you mean 'timeout'?"),
        ('command = "b {address}"\nevery = 0', ">= 1"),
        ("command = []", "length >= 1"),
    ],
)
def test_a_wrong_vantage_is_one_line(load, table, words):
    with pytest.raises(ConfigError) as error:
        load(f"[vantage.r1]\n{table}\n")
    assert "vantage.r1: " in str(error.value)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
