"""The command line over the file, over the last session; and the commands about the file."""

import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from tracetui.cli import main
from tracetui.cli.arguments import parse_arguments
from tracetui.cli.entry_point import load_session
from tracetui.cli.output import ExitStatus
from tracetui.cli.ownership_settings import own_holders, ownership_settings
from tracetui.cli.parser import UsageError
from tracetui.cli.trace_command import investigation_settings, requested_targets
from tracetui.config import Config, Origin, SavedState, Session, SessionTarget
from tracetui.config.config_file import read_config
from tracetui.config.paths import user_paths
from tracetui.config.settings import SETTINGS
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.session_targets import session_of, session_targets
from tracetui.model import HolderBook, Holding, ProbeProtocol, Role
from tracetui.probing.pace import Pace

TCP, ICMP = ProbeProtocol.TCP, ProbeProtocol.ICMP
DEMO = ["demo", "--headless", "--rounds", "6", "--seed", "1"]


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def file() -> Path:
    """The user's configuration file, still to be written."""
    path = user_paths().config_file
    assert path is not None
    path.parent.mkdir(parents=True)
    return path


def configured(text: str, line: str, session: Session | None = None):
    config = read_config(tomllib.loads(text), Path("/c.toml"), Path("/home/u"))
    return parse_arguments(line.split(), lambda _: config, lambda _: session)


# Precedence


def test_the_command_line_wins_over_the_file_and_the_file_over_defaults():
    text = '[probing]\ninterval = 5\ntimeout = 4\nprotocols = ["icmp"]\nports = [25]\nprober = "raw"\n'
    arguments = configured(text, "x -i 0.5 --port 443,587")
    assert (
        arguments.config.probing.interval,
        arguments.config.probing.timeout,
        arguments.config.probing.max_hops,
    ) == (
        0.5,
        4.0,
        30,
    )
    assert (
        arguments.config.probing.protocols,
        arguments.config.probing.ports,
        arguments.config.probing.prober,
    ) == (
        (ICMP,),
        (443, 587),
        "raw",
    )
    origins = [arguments.config.origin(f"probing.{key}") for key in ("interval", "timeout", "max-hops")]
    assert origins == [Origin.COMMAND_LINE, Origin.FILE, Origin.DEFAULT]


def test_limits_come_from_the_file_or_the_command_line():
    text = "[probing]\nmax-rate = 300\nmax-lanes = 40\n"
    for line, rate, most in (("x", 300, 40), ("x --max-rate 5000 --max-lanes 500", 5000, 500)):
        settings = investigation_settings(configured(text, line))
        assert (settings.pace.max_rate, settings.max_lanes) == (rate, most)


def test_every_setting_but_a_few_has_an_option():
    line = (
        "x -i 2 --timeout 3 -m 9 -p tcp --port 1 --prober raw --asn-table t --as-source table --as-names n "
        "--dns-server 192.0.2.1 -n --offline --theme nord --no-mouse --ascii --privacy 2 "
        "--register r.csv:column=ip --full --max-rate 9 --max-lanes 9"
    )
    config = parse_arguments(line.split()).config
    assert set(SETTINGS) - set(config.origins) == {
        "screen.remember",
        "screen.details",
        "screen.columns",
        "evidence.atlas-key-file",
    }
    assert config.ownership.asn_table == (Path("t"),)
    assert config.evidence.register == (Path("r.csv:column=ip"),)


def test_switches_can_be_undone():
    text = (
        "[ownership]\nno-dns = true\noffline = true\n[screen]\nmouse = false\nascii = true\nprivacy = true\n"
        "[report]\nfull = true\n"
    )
    kept = configured(text, "x")
    assert (kept.config.ownership.no_dns, kept.config.ownership.offline) == (True, True)
    assert (kept.config.screen.mouse, kept.config.screen.ascii, kept.config.screen.privacy) == (
        False,
        True,
        True,
    )
    undone = configured(text, "x --dns --no-offline --mouse --no-ascii --no-privacy --no-full")
    assert (undone.config.ownership.no_dns, undone.config.ownership.offline) == (False, False)
    assert (kept.config.report.full, undone.config.report.full) == (True, False)
    assert (undone.config.screen.mouse, undone.config.screen.ascii, undone.config.screen.privacy) == (
        True,
        False,
        False,
    )


def test_tables_of_the_command_line_take_the_place_of_the_files():
    arguments = configured('[ownership]\nasn-table = ["/a", "/b"]\n', "x --asn-table c")
    assert ownership_settings(arguments.config).tables == (Path("c"),)


@pytest.mark.parametrize(
    ("line", "words", "privacy"),
    [
        ("x", ("x",), (False, 4)),
        ("--privacy x", ("x",), (True, 4)),
        ("--privacy 2 x", ("x",), (True, 2)),
        ("--privacy=0 x", ("x",), (True, 0)),
        ("x --privacy", ("x",), (True, 4)),
        ("--privacy report x", ("x",), (True, 4)),
        ("--privacy --ascii x", ("x",), (True, 4)),
        ("--privacy -- 7", ("7",), (True, 4)),
    ],
)
def test_privacy_takes_a_number_and_never_a_target(line, words, privacy):
    arguments = configured("[screen]\nprivacy-hops = 4\n", line)
    assert arguments.words == words
    assert (arguments.config.screen.privacy, arguments.config.screen.privacy_hops) == privacy
    assert arguments.command == ("report" if "report" in line else "screen")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x --privacy 65", "from 0 to 64"),
        ("x --privacy -1", "from 0 to 64"),
        ("x --config a --no-config", "cannot be combined"),
        ("x --restore", "no session is saved yet"),
        ("demo --restore", "cannot be used with 'tracetui demo'"),
        ("config", "config: one of path, show, init"),
        ("config shov", "did you mean 'tracetui config show'?"),
        ("config path show", "config path show: one of"),
        ("completions powershell", "one of bash, zsh, tcsh"),
        ("completions bsh", "did you mean 'tracetui completions bash'?"),
    ],
)
def test_mistakes_are_one_line_and_usage(line, said, capsys):
    with pytest.raises(UsageError, match=r".") as caught:
        parse_arguments(line.split())
    assert said in str(caught.value)
    assert main(line.split()) == ExitStatus.USAGE
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)


# The last session


SESSION = Session(
    (
        SessionTarget("a.example", Role.SUSPECT, "tcp/25,587"),
        SessionTarget("b.example:443", Role.CONTROL, "icmp"),
    ),
    (ICMP,),
    (25,),
    0.5,
    12,
)


def test_a_session_stands_between_file_and_command_line():
    arguments = configured("[probing]\ninterval = 9\ntimeout = 8\n", "x --restore -m 20", SESSION)
    assert (
        arguments.config.probing.interval,
        arguments.config.probing.timeout,
        arguments.config.probing.max_hops,
    ) == (
        0.5,
        8.0,
        20,
    )
    assert (arguments.config.probing.protocols, arguments.config.probing.ports) == ((ICMP,), (25,))
    assert arguments.config.origin("probing.interval") is Origin.SESSION
    first, second, third = requested_targets(arguments)
    assert (first.text, first.protocols, first.ports, first.role) == (
        "a.example",
        (TCP,),
        (25, 587),
        Role.SUSPECT,
    )
    assert (second.text, second.protocols, second.role) == ("b.example:443", (ICMP,), Role.CONTROL)
    assert (third.text, third.protocols) == ("x", (ICMP,))


def test_protocols_of_the_command_line_win_over_those_of_a_sessions_targets():
    targets = requested_targets(configured("", "--restore -p tcp --port 22", SESSION))
    assert [target.protocols for target in targets] == [(TCP,), (TCP,)]
    assert [target.ports for target in targets] == [(22,), (443,)]


def test_a_session_comes_back_as_it_was():
    settings = Settings(Pace(2.0, 3.0, 15), (TCP,), (25,))
    targets = [
        settings.parse("a.example"),
        settings.parse("icmp://b.example").as_control(),
        settings.parse("mx:c.example"),
    ]
    session = session_of(targets, settings)
    assert (session.interval_s, session.max_hops, session.protocols, session.ports) == (
        2.0,
        15,
        (TCP,),
        (25,),
    )
    assert session_targets(session, settings) == targets


AS_BEFORE = replace(
    SESSION,
    timeout_s=7.0,
    prober="rootless",
    sources=("192.0.2.7", "192.0.2.8"),
    interface="wg0",
    families=(6,),
    all_addresses=True,
)


def measuring(arguments) -> tuple:
    return (
        arguments.config.probing.timeout,
        arguments.config.probing.prober,
        arguments.sources,
        arguments.interface,
        arguments.families,
        arguments.all_addresses,
    )


def test_a_session_is_measured_as_before():
    arguments = configured("[probing]\ntimeout = 8\nprober = 'raw'\n", "--restore", AS_BEFORE)
    assert measuring(arguments) == (7.0, "rootless", ("192.0.2.7", "192.0.2.8"), "wg0", (6,), True)
    settings = investigation_settings(arguments)
    again = session_of(
        requested_targets(arguments),
        settings,
        prober=arguments.config.probing.prober,
        interface=arguments.interface,
    )
    assert again == AS_BEFORE


def test_the_command_line_wins_over_a_session():
    line = "--restore --timeout 1 --prober auto -s 198.51.100.1 --interface eth0 -4"
    arguments = configured("", line, AS_BEFORE)
    assert measuring(arguments) == (1.0, "auto", ("198.51.100.1",), "eth0", (4,), True)


def test_without_restore_a_session_changes_nothing():
    assert measuring(configured("", "x", AS_BEFORE)) == (2.0, "auto", (None,), None, (4, 6), False)


def test_a_session_that_cannot_be_read_is_one_line(capsys):
    state = user_paths().state
    assert state is not None
    file = state / "memory.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('{"session": {"targets": 5}}')
    assert main(["report", "--restore"]) == ExitStatus.USAGE
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert f"--restore: {file} is damaged" in told.err


def test_what_is_remembered_is_found_by_the_program(capsys):
    SavedState.of_user(user_paths()).remember_session(SESSION)
    assert load_session(Config()) == SESSION
    forgetful = read_config({"screen": {"remember": False}}, Path("/c.toml"), Path("/"))
    assert load_session(forgetful) is None


# The file


def test_the_programs_own_file_is_read(file, capsys):
    file.write_text("[probing]\nmax-hops = 3\n")
    assert main([*DEMO, "--format", "json"]) == ExitStatus.NOT_REACHED
    assert '"ttl": 4' not in capsys.readouterr().out
    assert main([*DEMO, "--format", "json", "--no-config"]) == ExitStatus.NOT_REACHED
    assert '"ttl": 4' in capsys.readouterr().out


@pytest.mark.parametrize(
    "line", [DEMO, ["report", "192.0.2.1"], ["asn", "192.0.2.1"], ["config", "show"], []]
)
def test_a_mistake_in_the_file_is_one_line_and_usage(line, file, capsys):
    file.write_text("[probing]\nintervals = 3\n")
    assert main(line) == ExitStatus.USAGE
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"tracetui: {file}: probing.intervals is not known; did you mean 'interval'?\n"


@pytest.mark.parametrize("line", ["config path", "demo --list", "completions bash", "config init --force"])
def test_a_mistake_in_the_file_keeps_nobody_from_mending_it(line, file, capsys):
    file.write_text("[probing]\nintervals = 3\n")
    assert main(line.split()) == 0


def test_a_file_that_is_named_is_read_in_place_of_the_users(file, tmp_path, capsys):
    file.write_text("broken")
    (tmp_path / "mine.toml").write_text("[probing]\ninterval = 7\n")
    assert main(["config", "show", "--config", str(tmp_path / "mine.toml"), "--timeout", "9"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == f"# {tmp_path / 'mine.toml'}"
    assert {"interval = 7.0 # file", "timeout = 9.0 # command line", "max-hops = 30 # default"} <= set(lines)
    assert main(["config", "show", "--config", "/no/such.toml"]) == ExitStatus.USAGE
    assert "/no/such.toml: no such file" in capsys.readouterr().err


def test_show_finds_mistakes_about_keys(file, capsys):
    file.write_text('[keys]\nadd_targt = "a"\n')
    assert main(["config", "show"]) == ExitStatus.USAGE
    assert f"{file}: keys.add_targt is not known; did you mean 'add_target'?" in capsys.readouterr().err


def test_path_is_data(capsys, tmp_path):
    assert main(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{tmp_path}/config/tracetui/config.toml\n"


def test_init_writes_a_file_that_changes_nothing(capsys):
    assert main(["config", "init"]) == 0
    path = user_paths().config_file
    assert path is not None
    assert f"wrote {path}" in capsys.readouterr().err
    assert main(["config", "show"]) == 0
    assert "# file" not in capsys.readouterr().out
    assert '#add_target = "a"' in path.read_text()
    path.write_text("precious")
    assert main(["config", "init"]) == ExitStatus.CANNOT_RUN
    assert path.read_text() == "precious"
    assert main(["config", "init", "--force"]) == 0
    assert path.read_text() != "precious"


def test_init_where_nothing_can_be_written(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["config", "init", "--config", str(tmp_path / "file" / "c.toml")]) == ExitStatus.CANNOT_RUN
    assert capsys.readouterr().err.startswith("tracetui: cannot write ")


# Ownership


def test_asn_reads_the_file_too(file, capsys):
    file.write_text("[ownership]\noffline = true\n")
    assert main(["asn", "--whois", "192.0.2.1"]) == ExitStatus.USAGE
    assert "--offline" in capsys.readouterr().err
    assert main(["asn", "192.0.2.1", "--offline", "--no-config"]) == 0


def test_names_of_the_configuration_and_of_a_file_come_together(tmp_path):
    (tmp_path / "as.toml").write_text('[as.1]\nname = "file"\n')
    config = read_config(
        {
            "as": {"1": {"name": "config"}, "2": {"colour": 7}},
            "ownership": {"as-names": str(tmp_path / "as.toml")},
        },
        Path("/c.toml"),
        Path("/"),
    )
    assert own_holders(config) == HolderBook({1: Holding("file"), 2: Holding(None, 7)})
    assert own_holders(Config()) == HolderBook()


# Completions


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completions_are_data(shell, capsys):
    assert main(["completions", shell]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert "interval" in told.out
    assert "protonmail-2019" in told.out


def bash(script: str, line: str, environment: dict[str, str] | None = None) -> list[str]:
    """Return what bash would offer for the last word of `line`."""
    words = line.split(" ")
    program = f"""{script}
COMP_WORDS=({" ".join(f"'{word}'" for word in words)})
COMP_CWORD={len(words) - 1}
COMP_LINE='{line}'
COMP_POINT={len(line)}
COMP_TYPE=9
_shtab_tracetui tracetui '{words[-1]}' '{words[-2]}'
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    run = subprocess.run(
        ["bash", "-c", program], capture_output=True, text=True, check=False, env=environment
    )
    return run.stdout.split()


def test_bash_completes_commands_options_and_scenarios(capsys, tmp_path):
    assert main(["completions", "bash"]) == 0
    script = capsys.readouterr().out
    path = tmp_path / "tracetui.bash"
    path.write_text(script)
    assert subprocess.run(["bash", "-n", path], capture_output=True, check=False).stderr == b""
    assert set(bash(script, "tracetui conf")) == {"config"}
    assert set(bash(script, "tracetui --priv")) == {"--privacy"}
    assert "protonmail-2019" in bash(script, "tracetui demo proton")
    assert set(bash(script, "tracetui config ")) >= {"path", "show", "init"}
    assert set(bash(script, "tracetui report --prober r")) == {"raw", "rootless"}
    assert set(bash(script, "tracetui asn --whoi")) == {"--whois"}


def test_bash_completes_the_vantages_of_the_configuration(capsys, tmp_path):
    """Asked for when they are wanted, of a `tracetui` that is on the path."""
    assert main(["completions", "bash"]) == 0
    script = capsys.readouterr().out
    configuration = tmp_path / "config" / "tracetui" / "config.toml"
    configuration.parent.mkdir(parents=True)
    program = tmp_path / "tracetui"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m tracetui "$@"\n')
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    environment["XDG_CONFIG_HOME"] = str(tmp_path / "config")
    assert bash(script, "tracetui vantage test none", environment) == []
    configuration.write_text('[vantage.office]\nssh = "a"\n[vantage.old-mx]\nssh = "b"\n')
    assert set(bash(script, "tracetui report --via ", environment)) == {"office", "old-mx"}
    assert bash(script, "tracetui --via of", environment) == ["office"]
    assert bash(script, "tracetui vantage test old", environment) == ["old-mx"]
    assert bash(script, "tracetui vantage l", environment) == ["list"]
