"""What is said of the machine is what programs are made for."""

from __future__ import annotations

import pytest

import steepest as st
from steepest.engines.cpu.machine import processor
from steepest.engines.machine import machine
from steepest.errors import EngineUnavailable


def test_the_machine_is_the_one_that_code_is_made_for(monkeypatch):
    monkeypatch.setattr(st.config, "engine", "auto")
    found, target = machine(), processor.processor()
    assert (found.engine, found.reason) == ("cpu", None)
    assert (found.vector_bits, found.cores) == (target.vector_bits, target.cores)
    assert found.cache_bytes == (target.level1_bytes, target.level2_bytes, target.level3_bytes)
    assert target.name in found.architecture and found.processor
    monkeypatch.setattr(st.config, "vector_bits", 128)
    assert machine().vector_bits == 128


@pytest.mark.parametrize(("wanted", "engine"), [("auto", "numpy"), ("cpu", "cpu")])
def test_without_machine_code_the_reason_is_given(wanted, engine, monkeypatch):
    def absent():
        raise EngineUnavailable("llvmlite is missing")

    monkeypatch.setattr(processor, "processor", absent)
    monkeypatch.setattr(st.config, "engine", wanted)
    found = machine()
    assert (found.engine, found.reason) == (engine, "llvmlite is missing")
    assert (found.vector_bits, found.cache_bytes) == (None, None)


def test_engine_and_threads_are_those_of_the_config(monkeypatch):
    monkeypatch.setattr(st.config, "engine", "numpy")
    monkeypatch.setattr(st.config, "threads", 3)
    assert (machine().engine, machine().threads) == ("numpy", 3)
