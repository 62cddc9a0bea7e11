"""The repository as a whole: no machine's paths, no index addresses, documents that hold."""

import re
import tomllib

import pytest

from tests.structure.repository import ROOT, Finding, relative, report, repository_files, text_of

MACHINE_PATH = re.compile(
    r"(?<![\w.:/~}-])/(?:home|root|Users|work|opt|mnt|srv)/[\w.-]+|[A-Z]:\\\\?Users"
)
INDEX = re.compile(
    r"https?://\S+/simple\b|--(?:extra-)?index[-]url|--find[-]links|--trusted[-]host"
    r"|pypi[.]org/(?!project)|file[:]//",
    re.I,
)
SECRET = re.compile(
    r"-----BEGIN (?:\w+ )*PRIVATE KEY|\bgh[pousr]_\w{30,}|\bAKIA[0-9A-Z]{16}\b|\bxox[abp]-\w{10,}"
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(?:#[^)]*)?\)")
TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)", re.M)
LOCKED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.M)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATH, "open('/" + "home/someone/x')"),
        (MACHINE_PATH, "C:" + "\\Users\\x"),
        (INDEX, "--index" + "-url x"),
        (INDEX, "http://mirror.example/" + "simple"),
        (SECRET, "-----BEGIN RSA " + "PRIVATE KEY"),
        (LINK, "[x](docs/y.md)"),
    ],
)
def test_rules_can_fail(pattern, text):
    assert pattern.search(text)


@pytest.mark.parametrize("text", ["https://example.com/home/x", "data/landing/home", "~/work/x"])
def test_addresses_and_relative_paths_are_no_machine_paths(text):
    assert not MACHINE_PATH.search(text)


@pytest.mark.parametrize(
    ("rule", "pattern", "remedy"),
    [
        ("machine paths", MACHINE_PATH, "name it from the checkout or the home"),
        ("index addresses", INDEX, "leave where packages come from to pip's own settings"),
        ("secrets", SECRET, "remove it and change the secret"),
    ],
)
def test_no_trace_of_a_machine(rule, pattern, remedy):
    findings = []
    for path in repository_files():
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if found := pattern.search(line):
                findings.append(Finding(relative(path), number, repr(found.group(0)), remedy))
    report(rule, findings)


def test_documents_name_what_is_there():
    findings = []
    for path in repository_files():
        if path.suffix != ".md":
            continue
        for number, line in enumerate(text_of(path).splitlines(), 1):
            for target in LINK.findall(line):
                if "://" not in target and not (path.parent / target).exists():
                    findings.append(
                        Finding(relative(path), number, f"{target} is not there", "mend the link")
                    )
    report("links", findings)


def test_readme_and_makefile_list_the_same_targets():
    makefile = text_of(ROOT / "Makefile")
    targets = {name for name in TARGET.findall(makefile) if name not in {"help"}}
    named = {*re.findall(r"`make ([a-z-]+)`", text_of(ROOT / "README.md"))}
    assert named == targets, "README.md and the Makefile must name the same targets"


def test_the_lock_pins_everything_with_hashes():
    lock = text_of(ROOT / "requirements.lock")
    pinned = dict(LOCKED.findall(lock))
    blocks = re.split(r"^(?=[a-z0-9-]+==)", lock, flags=re.M)[1:]
    assert len(blocks) == len(pinned) > 0
    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["test"],
        *project["build-system"]["requires"],
    ]
    names = {re.match(r"[\w-]+", requirement).group(0).lower() for requirement in wanted}
    assert names - pinned.keys() == set(), "make the lock anew: see CONTRIBUTING.md"
