"""The table of evidence is what the record says, and the record holds for the proofs there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation import platforms
from tests.docs.claims import claims, proofs
from tests.docs.evidence import (
    DOCUMENTS,
    RECORD,
    ROOT,
    Evidence,
    digests,
    filled,
    read,
    stale,
    table,
    write,
)

AGAIN = "commit, run `sudo make evidence`, commit what it wrote"
PROOF = "tests/reallab/test_it.py"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_table_is_what_the_record_says(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert text == filled(text, read()), AGAIN


def test_the_record_has_every_proof_with_every_parameter_and_no_other() -> None:
    made = claims()
    names = sorted({claim.platform for claim in made})
    wanted = {name: proofs(one for one in made if one.platform == name) for name in names}
    assert {name: one.proofs for name, one in read().items()} == wanted, AGAIN


def test_no_proof_has_changed_since_it_passed() -> None:
    assert stale(read()) == [], AGAIN


def test_every_row_names_a_commit() -> None:
    wrong = {name: one.commit for name, one in read().items() if len(one.commit) != 40}
    assert wrong == {}


def test_the_record_is_written_in_one_way(tmp_path: Path) -> None:
    for name in (RECORD, *DOCUMENTS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    write(read(), tmp_path)
    assert (tmp_path / RECORD).read_bytes() == (ROOT / RECORD).read_bytes(), AGAIN


def test_every_platform_has_a_row_and_without_evidence_it_says_so() -> None:
    one = Evidence("FRR 8", "2026-01-02", "0123456789" * 4, {"it stands": ("t",)}, {})
    lines = table({"frr": one}).splitlines()[2:]
    assert [line.split("`")[1] for line in lines] == list(platforms.names())
    assert [line for line in lines if "| documents only |  |  |  |" not in line] == [
        "| `frr` | FRR 8 | it stands | 2026-01-02 | 01234567 |"
    ]


def test_a_document_without_a_place_is_a_fault() -> None:
    with pytest.raises(ValueError, match="no place for the table"):
        filled("# Portvakt\n", {})


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a proof, what judges it by way of each other, and what does not."""
    for name, text in {
        PROOF: "from tests.reallab.probes import seen\nfrom tests.reallab.lab import Lab\n",
        "tests/reallab/conftest.py": "import tests.reallab.operator\n",
        "tests/reallab/operator.py": "from tests.platforms import twin\n",
        "tests/reallab/operators.py": "",
        "tests/platforms/twin.py": "from tests.platforms.frr.switch import Frr\n",
        "tests/platforms/frr/switch.py": "",
        "tests/reallab/probes/seen.py": "from tests.reallab.probes.truth import ports\n",
        "tests/reallab/probes/truth.py": "import tests.reallab.operators\n",
        "tests/reallab/probes/other.py": "",
        "tests/reallab/lab.py": "from tests.reallab.probes.other import other\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_proof_is_judged_by_its_file_its_conftest_and_the_probes_it_imports(
    checkout: Path,
) -> None:
    assert sorted(digests([f"{PROOF}::test_one[a]", f"{PROOF}::test_one[b]"], checkout)) == [
        "tests/platforms/twin.py",
        "tests/reallab/conftest.py",
        "tests/reallab/operator.py",
        "tests/reallab/probes/seen.py",
        "tests/reallab/probes/truth.py",
        PROOF,
    ]


@pytest.mark.parametrize(
    ("file", "is_stale"),
    [
        (PROOF, True),
        ("tests/reallab/probes/truth.py", True),
        ("tests/reallab/conftest.py", True),
        ("tests/reallab/probes/other.py", False),
        ("tests/reallab/lab.py", False),
    ],
    ids=["the proof", "a probe's probe", "its fixtures", "another's probe", "the lab"],
)
@pytest.mark.parametrize("gone", [False, True], ids=["changed", "gone"])
def test_a_row_is_stale_when_what_judged_it_is_not_what_it_was(
    checkout: Path, file: str, is_stale: bool, gone: bool
) -> None:
    tests = (f"{PROOF}::test_one",)
    record = {"frr": Evidence("FRR 8", "", "", {"it stands": tests}, digests(tests, checkout))}
    assert stale(record, checkout) == []
    text = (checkout / file).read_text(encoding="utf-8")
    (checkout / file).write_text(f"{text}again = 1\n", encoding="utf-8")
    if gone:
        (checkout / file).unlink()
    assert (f"frr: {file}" in stale(record, checkout)) == is_stale
