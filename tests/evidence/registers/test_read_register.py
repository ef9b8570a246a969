"""Register files of every format: recognised by their content, and what their entries say."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracetui.evidence.registers.read_register import known_formats, parse_request, read_register
from tracetui.model import EvidenceError
from tracetui.model.register_answer import HostKind, Listing, MatchKind

K = MatchKind
UPDATED = "Updated: 2019-03-13 06:00:00 +0000"
DUMP = f"""\
{UPDATED}
203.0.113.7;;;Роскомнадзор;27-31-2018/1;2018-04-16
203.0.113.0/24 | 2001:db8:5::/48;;;Генпрокуратура;27-31-2018/2;2018-04-17
198.51.100.4 | 198.51.100.5;shop.example;http://shop.example/a|b | https://shop.example/c;ФНС;2-6-27/3;2017-01-02
;*.bad.example;;Суд;2-1/19;2019-01-01
192.0.2.9;;http://192.0.2.9/page;МВД;8/19;2019-02-03
198.51.100.6;пример.рф;"http://пример.рф/?a=1;b=2";"суд ""Южный""; город";2-2/19;2019-02-04
not a line of the register
;;;;;
"""


def register(tmp_path: Path, content: str | bytes, column: str = "", name: str = "register.txt"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_register(parse_request(f"{path}{column}"))


def matches(answer):
    return [(entry.match, entry.value, entry.line) for entry in answer.entries]


@pytest.fixture(params=["plain", "gzip", "utf-8", "crlf"])
def dump(request, tmp_path):
    data = DUMP.encode("utf-8" if request.param == "utf-8" else "cp1251")
    if request.param == "crlf":
        data = data.replace(b"\n", b"\r\n")
    return register(tmp_path, gzip.compress(data) if request.param == "gzip" else data)


def test_facts_of_a_dump(dump):
    file = dump.file
    assert (file.form, file.stamp) == ("dump.csv of zapret-info", "2019-03-13 06:00:00 +0000")
    assert (file.entries, file.stray_lines, file.first_stray, file.partly_read) == (6, 1, 8, 0)
    assert file.lists == tuple(HostKind)
    assert file.name == "register.txt"
    assert file.modified is not None
    assert abs((datetime.now(UTC) - file.modified).total_seconds()) < 3600


def test_an_address_by_itself_then_by_the_prefix_around_it(dump):
    answer = dump.answer("203.0.113.7", ())
    assert answer.listing is Listing.LISTED
    assert matches(answer) == [(K.ADDRESS, "203.0.113.7", 2), (K.PREFIX, "203.0.113.0/24", 3)]
    entry = answer.entries[0]
    assert (entry.authority, entry.decision, entry.date) == ("Роскомнадзор", "27-31-2018/1", "2018-04-16")
    assert entry.quoted == "203.0.113.7;;;Роскомнадзор;27-31-2018/1;2018-04-16"
    assert not answer.only_urls


def test_ipv6_prefix(dump):
    assert matches(dump.answer("2001:db8:5:1::9", ())) == [(K.PREFIX, "2001:db8:5::/48", 3)]
    assert dump.answer("2001:db8:6::9", ()).listing is Listing.NOT_LISTED


def test_an_entry_for_urls_says_so(dump):
    answer = dump.answer("198.51.100.5", ("shop.example",))
    assert matches(answer) == [(K.ADDRESS, "198.51.100.5", 4), (K.DOMAIN, "shop.example", 4)]
    assert answer.entries[0].urls == ("http://shop.example/a|b", "https://shop.example/c")
    assert answer.only_urls


def test_an_address_that_stands_in_a_url_only(tmp_path):
    found = register(tmp_path, f"{UPDATED}\n;;http://192.0.2.9:8080/x;МВД;8/19;2019-02-03\n")
    answer = found.answer("192.0.2.9", ())
    assert matches(answer) == [(K.URL_ONLY, "192.0.2.9", 2)]
    assert answer.only_urls


def test_wildcards_hold_for_names_below_only(dump):
    assert matches(dump.answer("192.0.2.1", ("a.b.bad.example",))) == [
        (K.WILDCARD_DOMAIN, "*.bad.example", 5)
    ]
    assert dump.answer("192.0.2.1", ("bad.example",)).listing is Listing.NOT_LISTED
    assert dump.answer("192.0.2.1", ("notbad.example",)).listing is Listing.NOT_LISTED


def test_international_names_in_either_form(dump):
    for name in ("пример.рф", "xn--e1afmkfd.xn--p1ai", "ПРИМЕР.РФ."):
        answer = dump.answer("192.0.2.1", (name,))
        assert [entry.line for entry in answer.entries] == [7], name
        assert answer.entries[0].authority == 'суд "Южный"; город'
        assert answer.entries[0].urls == ("http://пример.рф/?a=1;b=2",)


def test_not_listed(dump):
    answer = dump.answer("192.0.2.200", ("mail.example.net", "example.net"))
    assert (answer.listing, answer.entries, answer.further) == (Listing.NOT_LISTED, (), 0)
    assert answer.names == ("mail.example.net", "example.net")


def test_a_quoted_field_over_two_lines_loses_no_address(tmp_path):
    found = register(
        tmp_path,
        f'{UPDATED}\n192.0.2.4;a.example;"http://a.example/\nmore";x;y;2019-01-01\n192.0.2.5;;;x;y;z\n',
    )
    assert [entry.line for entry in found.answer("192.0.2.4", ()).entries] == [2]
    assert (found.file.entries, found.file.stray_lines) == (2, 1)


def test_an_unquoted_semicolon_in_a_url(tmp_path):
    found = register(tmp_path, f"{UPDATED}\n192.0.2.4;;http://a.example/?x=1;y=2;court;77;2019-01-01\n")
    entry = found.answer("192.0.2.4", ()).entries[0]
    assert (entry.urls, entry.authority, entry.date) == (
        ("http://a.example/?x=1;y=2",), "court", "2019-01-01",
    )  # fmt: skip


def test_many_entries_of_one_name_are_counted(tmp_path):
    lines = "".join(f"192.0.2.4;a.example;http://a.example/{n};c;{n};2019-01-01\n" for n in range(40))
    answer = register(tmp_path, f"{UPDATED}\n{lines}").answer("192.0.2.4", ("a.example",))
    assert len(answer.entries) + answer.further == 80
    assert len(answer.entries) == 5


LISTS = {
    "list": """\
# Last updated: 2024-05-01 10:00
203.0.113.7
203.0.113.0/24 # why
bad.example
*.worse.example
2001:db8::1
198.51.100.10-198.51.100.20
https://url.example/x
""",
    "hosts file": """\
127.0.0.1 localhost
::1 ip6-localhost
0.0.0.0 bad.example www.bad.example
0.0.0.0\tworse.example
""",
    "dnsmasq configuration": """\
# list
address=/bad.example/0.0.0.0
server=/worse.example/other.example/
no-resolv=1
""",
    "response policy zone": """\
$TTL 60
$ORIGIN rpz.example.
@ IN SOA ns.example. root.example. (
 2024050101 ; serial
 3600 600 86400 60 )
  IN NS localhost.
bad.example CNAME .
*.bad.example 60 IN CNAME .
worse.example.rpz.example. IN CNAME *.
fine.example CNAME rpz-passthru.
24.0.113.0.203.rpz-ip CNAME .
48.zz.5.db8.2001.rpz-ip CNAME .
32.1.2.0.192.rpz-client-ip CNAME .
""",
    "CSV file": """\
id,domain,ip,note
1,bad.example,203.0.113.7,x
2,"worse.example","203.0.113.8, 203.0.113.9",y
""",
}
ASKED = {
    "list": [
        ("203.0.113.7", "", [(K.ADDRESS, "203.0.113.7", 2), (K.PREFIX, "203.0.113.0/24", 3)]),
        ("192.0.2.1", "bad.example", [(K.DOMAIN, "bad.example", 4)]),
        ("192.0.2.1", "www.bad.example", []),
        ("192.0.2.1", "mx.worse.example", [(K.WILDCARD_DOMAIN, "*.worse.example", 5)]),
        ("2001:db8::1", "", [(K.ADDRESS, "2001:db8::1", 6)]),
        ("198.51.100.20", "", [(K.ADDRESS, "198.51.100.20", 7)]),
        ("198.51.100.13", "", [(K.PREFIX, "198.51.100.12/30", 7)]),
        ("198.51.100.21", "", []),
        ("192.0.2.1", "url.example", [(K.URL_ONLY, "url.example", 8)]),
    ],
    "hosts file": [
        ("192.0.2.1", "www.bad.example", [(K.DOMAIN, "www.bad.example", 3)]),
        ("192.0.2.1", "worse.example", [(K.DOMAIN, "worse.example", 4)]),
        ("127.0.0.1", "localhost", []),
    ],
    "dnsmasq configuration": [
        ("192.0.2.1", "bad.example", [(K.DOMAIN, "bad.example", 2)]),
        ("192.0.2.1", "a.other.example", [(K.WILDCARD_DOMAIN, "*.other.example", 3)]),
    ],
    "response policy zone": [
        ("192.0.2.1", "bad.example", [(K.DOMAIN, "bad.example", 7)]),
        ("192.0.2.1", "a.bad.example", [(K.WILDCARD_DOMAIN, "*.bad.example", 8)]),
        ("192.0.2.1", "worse.example", [(K.DOMAIN, "worse.example", 9)]),
        ("192.0.2.1", "fine.example", []),
        ("203.0.113.200", "", [(K.PREFIX, "203.0.113.0/24", 11)]),
        ("2001:db8:5::1", "", [(K.PREFIX, "2001:db8:5::/48", 12)]),
    ],
    "CSV file": [
        ("203.0.113.9", "", [(K.ADDRESS, "203.0.113.9", 3)]),
        ("192.0.2.1", "worse.example", [(K.DOMAIN, "worse.example", 3)]),
    ],
}
STAMPS = {"list": "2024-05-01 10:00", "response policy zone": "serial 2024050101"}


@pytest.mark.parametrize("form", LISTS)
def test_other_formats(tmp_path, form):
    found = register(tmp_path, LISTS[form])
    assert (found.file.form, found.file.stray_lines) == (form, 0)
    assert found.file.stamp == STAMPS.get(form, "")
    for address, name, expected in ASKED[form]:
        assert matches(found.answer(address, (name,) if name else ())) == expected, (address, name)


def test_every_format_is_tried():
    assert {form.name for form in known_formats()} == {*LISTS, "dump.csv of zapret-info"}


@pytest.mark.parametrize("column", ["target", "TARGET", "2"])
def test_a_chosen_column(tmp_path, column):
    found = register(tmp_path, "when;target\n2019;bad.example\n2020;203.0.113.0/24\n", f":column={column}")
    assert matches(found.answer("203.0.113.7", ("bad.example",))) == [
        (K.PREFIX, "203.0.113.0/24", 3), (K.DOMAIN, "bad.example", 2),
    ]  # fmt: skip


def test_a_numbered_column_without_titles(tmp_path):
    found = register(tmp_path, "2019;bad.example\n2020;203.0.113.0/24\n", ":column=2")
    assert (found.file.entries, found.file.stray_lines) == (2, 0)


def problem(tmp_path, content, column=""):
    with pytest.raises(EvidenceError) as caught:
        register(tmp_path, content, column)
    text = str(caught.value)
    assert text.startswith(str(tmp_path))
    assert text.isprintable()
    return text.removeprefix(f"{tmp_path / 'register.txt'}: ")


def test_what_is_wrong_is_told(tmp_path):
    assert problem(tmp_path, "") == "it is empty: give the file of a block register"
    assert problem(tmp_path, "a;b\n1;2\n", ":column=c") == "no column 'c': there are a, b"
    for nothing in (f"{UPDATED}\n;;;;;\n", "# a comment\n"):
        assert "no entry in it names" in problem(tmp_path, nothing)
    text = problem(tmp_path, "Hello,\nbad.example\nhow do you do?\nwhat is this?\n")
    assert "name on each line): 1 of 4 lines fit; line 1 does not fit: 'Hello,'" in text
    text = problem(tmp_path, "two words\x1b[31m\n")
    assert "no line of its beginning fits any; line 1 does not fit" in text


def test_only_regular_files(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, Path("/dev/zero")):
        with pytest.raises(EvidenceError, match=r"it is a named pipe|is a directory|it is a device"):
            read_register(parse_request(str(path)))
    for name in ("missing", "\0"):
        with pytest.raises(EvidenceError, match="cannot be read"):
            read_register(parse_request(str(tmp_path / name)))
    with pytest.raises(EvidenceError, match="no file given"):
        parse_request(" ")


def test_a_cut_or_broken_gzip_file_is_refused(tmp_path):
    packed = gzip.compress(("bad.example\n" * 5000).encode())
    for data in (packed[:-9], packed[: len(packed) // 2], packed[:20] + b"\xff" * 40 + packed[60:]):
        with pytest.raises(EvidenceError, match="cannot be read"):
            register(tmp_path, data)


def test_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr("tracetui.evidence.registers.register_lines.MAX_BYTES", 1000)
    for text in ("bad.example\n" * 200, "x" * 2000):
        assert "give a smaller file" in problem(tmp_path, text)


def test_too_many_hosts(tmp_path, monkeypatch):
    monkeypatch.setattr("tracetui.evidence.registers.read_register.MAX_SIZE", 100)
    for text in ("0.0.0.1-255.255.255.254\n" * 101, "".join(f"{n}.example\n" for n in range(101))):
        assert "it names more than 100 hosts: give a smaller file" in problem(tmp_path, text)


def test_a_file_is_read_once_while_it_is_in_use(tmp_path):
    first = register(tmp_path, "bad.example\n")
    path = tmp_path / "register.txt"
    assert read_register(parse_request(str(path))) is first
    (tmp_path / "linked").symlink_to(path)
    linked = read_register(parse_request(str(tmp_path / "linked")))
    assert linked.listed is first.listed
    assert linked.file.name == "linked"
    path.write_text("good.example\nbad.example\n")
    assert read_register(parse_request(str(path))).file.entries == 2


def test_long_lines_are_cut_and_the_rest_is_read(tmp_path):
    found = register(
        tmp_path, f"{UPDATED}\n192.0.2.4;;;{'x' * 3_000_000};y;z\n192.0.2.5;;;x;y;z\n1.2.3.4;;;;;\n"
    )
    assert found.answer("192.0.2.5", ()).entries[0].line == 3
    assert found.file.stray_lines == 1
