"""BER: what is written reads back, also by pyasn1; what is none is `Malformed`, and no more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder
from pyasn1.type import univ
from pysnmp.proto import rfc1902

from automation.lab.agent import ber
from automation.lab.agent.ber import Malformed

ARCS = st.integers(0, 2**32 - 1)
OIDS = st.one_of(
    st.tuples(st.integers(0, 1), st.integers(0, 39), *[ARCS] * 3),
    st.tuples(st.just(2), st.integers(0, 2**31), *[ARCS] * 9),
)


@given(st.integers(-(2**31), 2**31 - 1))
def test_an_integer_reads_back(value: int) -> None:
    written = ber.integer(value)
    assert ber.read_integer(written, 0, len(written)) == (value, len(written))
    assert int(decoder.decode(written, asn1Spec=univ.Integer())[0]) == value


@given(st.integers(0, 2**64 - 1))
def test_a_counter_is_read_by_others(value: int) -> None:
    read, rest = decoder.decode(ber.unsigned(ber.COUNTER64, value), asn1Spec=rfc1902.Counter64())
    assert (int(read), rest) == (value, b"")


@given(st.binary(max_size=70_000))
def test_a_string_of_any_length_reads_back(value: bytes) -> None:
    written = ber.octets(value)
    assert ber.read_octets(written, 0, len(written)) == (value, len(written))
    assert bytes(decoder.decode(written, asn1Spec=univ.OctetString())[0]) == value


@given(OIDS)
def test_a_name_reads_back(oid: tuple[int, ...]) -> None:
    assert ber.arcs(ber.oid_content(oid)) == oid
    assert tuple(decoder.decode(ber.oid(oid), asn1Spec=univ.ObjectIdentifier())[0]) == oid


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "cut off"),
        (b"\x02", "cut off"),
        (b"\x02\x80\x00\x00", "a length that is none"),
        (b"\x02\x85\x00\x00\x00\x00\x01\x00", "a length that is none"),
        (b"\x02\x82\x01", "a length that is none"),
        (b"\x02\x05\x01", "longer than"),
        (b"\x02\x00", "without digits"),
        (b"\x02\x06\x01\x02\x03\x04\x05\x06", "too many"),
        (b"\x04\x01a", "tag 0x04 where 0x02"),
    ],
)
def test_what_is_no_integer_says_why(data: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        ber.read_integer(data, 0, len(data))


@pytest.mark.parametrize(
    "content",
    [b"", b"\x2b\x86", b"\x2b\x90\x80\x80\x80\x00", b"\x2b" + b"\x01" * 130],
    ids=["empty", "cut off", "an arc of 33 bits", "129 arcs"],
)
def test_what_is_no_name_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed):
        ber.arcs(content)


@given(st.binary(max_size=200))
def test_noise_is_read_or_malformed(data: bytes) -> None:
    for reads in (ber.read, ber.read_integer, ber.read_octets):
        try:
            *_, stop = reads(data, 0, len(data))
        except Malformed:
            continue
        assert stop <= len(data)
