"""The settings of a process that other modules read: the cache folder."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import steepest as st
from steepest import datasets
from steepest.config import Config, cache_folder
from steepest.datasets import fetch
from steepest.engines.cpu.machine import code_cache
from steepest.errors import ArgumentError, SteepestError, UnknownNameError

OFF = ("off", "OFF", "no", "No", "false", "0", "", " 0 ")
PLATFORMS = ("linux", "darwin", "win32")


def both_users() -> tuple[Path | None, Path | None]:
    """The folder of machine code and that of downloads."""
    return code_cache.code_folder(), fetch._download_folder()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("word", OFF)
def test_words_that_turn_caching_off_give_no_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, word: str, platform: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("STEEPEST_CACHE", word)
    assert cache_folder() is None and both_users() == (None, None)
    code_cache.store("digest", b"code")
    assert code_cache.load("digest") is None
    (tmp_path / "file").write_bytes(b"x")
    fetch._remember(tmp_path / "file", fetch.RemoteFile("d", "file", (), ()))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_chosen_folder_is_used_for_code_and_data_sets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path))
    assert both_users() == (tmp_path / "code", tmp_path / "datasets")


def test_a_relative_folder_does_not_follow_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STEEPEST_CACHE", "cache")
    assert both_users() == (tmp_path / "cache" / "code", tmp_path / "cache" / "datasets")


@pytest.mark.parametrize(
    ("platform", "variable"), [("linux", "XDG_CACHE_HOME"), ("win32", "LOCALAPPDATA")]
)
def test_the_cache_of_the_platform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, variable: str
) -> None:
    monkeypatch.delenv("STEEPEST_CACHE", raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    cache = tmp_path / "steepest"
    assert cache_folder() == datasets.cache_folder() == cache
    assert both_users() == (cache / "code", cache / "datasets")


@pytest.mark.parametrize(
    ("platform", "place"),
    [
        ("linux", ".cache/steepest"),
        ("darwin", "Library/Caches/steepest"),
        ("win32", "AppData/Local/steepest"),
    ],
)
def test_the_cache_without_a_word_is_in_the_home_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, place: str
) -> None:
    for name in ("STEEPEST_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder() == tmp_path / place
    assert both_users() == (tmp_path / place / "code", tmp_path / place / "datasets")


def test_without_a_home_directory_nothing_is_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("STEEPEST_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert cache_folder() is None and both_users() == (None, None)


def test_the_default_dtype_of_layers() -> None:
    config = st.config
    assert (config.floatx(), config.epsilon(), config.backend()) == ("float32", 1e-7, "steepest")
    config.set_floatx("float64")
    try:
        layer = st.layers.Dense(2, kernel_initializer="ones")
        assert layer(np.ones((1, 2))).dtype == st.float64
        assert st.backend.floatx() == config.dtype_policy().name == "float64"
        model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        model.compile("sgd", "mse")
        model.fit(np.ones((4, 2)), np.ones(4), verbose=0)
        assert model.predict(np.ones((4, 2)), verbose=0).dtype == np.float64
    finally:
        config.set_floatx("float32")
    assert st.layers.Dense(1)([[1.0]]).dtype == st.float32
    with pytest.raises(ArgumentError, match="'float32' or 'float64' was expected, got 'float16'"):
        config.set_floatx("float16")
    with pytest.raises(ArgumentError, match="a number above 0"):
        config.set_epsilon(0)


def test_policies_of_dtypes() -> None:
    policy = st.DTypePolicy("float32")
    assert policy == st.mixed_precision.Policy.from_config(policy.get_config())
    assert hash(policy) == hash(st.DTypePolicy("float32"))
    assert st.DTypePolicy() == policy == st.mixed_precision.global_policy()
    half = st.DTypePolicy("float16")
    assert (half.compute_dtype, half.variable_dtype) == ("float32", "float16")
    layer = st.layers.Dense(1, dtype=st.DTypePolicy("float64"))
    assert (layer.dtype, layer.dtype_policy.name) == (st.float64, "float64")
    assert (layer.compute_dtype, layer.variable_dtype) == (st.float64, st.float64)
    st.mixed_precision.set_global_policy("float32")
    with pytest.raises(ArgumentError, match="use 'mixed_bfloat16'"):
        st.mixed_precision.set_global_policy("mixed_float16")
    with pytest.raises(UnknownNameError, match="float7"):
        st.DTypePolicy("float7")


def test_a_mixed_policy_holds_for_the_layers_made_under_it() -> None:
    st.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        layer = st.layers.Dense(2, kernel_initializer="ones")
        assert st.config.dtype_policy().name == "mixed_bfloat16" and st.config.floatx() == "float32"
    finally:
        st.mixed_precision.set_global_policy("float32")
    assert (layer.dtype_policy.name, layer.compute_dtype) == ("mixed_bfloat16", st.bfloat16)
    assert layer.variable_dtype == st.float32 and "mixed_bfloat16" in repr(layer)
    again = type(layer).from_config(layer.get_config())
    assert again.dtype_policy == layer.dtype_policy != st.layers.Dense(2).dtype_policy
    # 1 + 2^-8 is between two numbers of bfloat16, and is rounded to the even one.
    assert layer([[1.00390625, 0.0]]).tolist() == [[1.0, 1.0]]
    assert st.layers.Dense(2, kernel_initializer="ones")([[1.00390625]]).tolist()[0][0] > 1.0


def test_limits_are_numbers_from_1_or_none() -> None:
    st.config.set_max_epochs(2)
    st.config.set_max_steps_per_epoch(3)
    assert (st.config.max_epochs(), st.config.max_steps_per_epoch()) == (2, 3)
    for set_limit in (st.config.set_max_epochs, st.config.set_max_steps_per_epoch):
        set_limit(None)
        with pytest.raises(ArgumentError, match="set_max_"):
            set_limit(0)
    assert (st.config.max_epochs(), st.config.max_steps_per_epoch()) == (None, None)


def test_settings_of_tracebacks_are_stored_and_change_nothing() -> None:
    assert st.config.is_traceback_filtering_enabled()
    st.config.disable_traceback_filtering()
    assert not st.config.is_traceback_filtering_enabled()
    st.config.enable_traceback_filtering()


def test_advice_on_bias_and_variance_is_on_or_off() -> None:
    assert st.config.bias_variance_advice is True
    with pytest.raises(st.errors.ArgumentError, match="bias_variance_advice: True or False"):
        st.config.bias_variance_advice = "never"  # type: ignore[assignment]
    assert st.config.bias_variance_advice is True


def test_settings_of_engines_are_checked() -> None:
    config = Config()
    for name, value in (("engine", "numpy"), ("threads", 1), ("vector_bits", 128)):
        setattr(config, name, value)
        assert getattr(config, name) == value
    config.threads = config.vector_bits = None
    assert config.threads is None and config.vector_bits is None
    for name, wrong in (("engine", "abacus"), ("threads", 0), ("vector_bits", 64)):
        with pytest.raises(SteepestError, match=f"{name}.*{wrong}|{wrong}"):
            setattr(config, name, wrong)


@pytest.mark.parametrize("name", ["gpu", "CUDA", "jax", "tpu", "XLA"])
def test_the_engine_of_other_devices_is_named(name: str) -> None:
    with pytest.raises(st.errors.UnknownNameError, match=f"'{name}': .* is the engine 'xla'"):
        Config().engine = name


def test_epsilon_is_above_0() -> None:
    config = Config()
    config.set_epsilon(1e-3)
    assert config.epsilon() == 1e-3
    for wrong in (0, -1e-9, "1"):
        with pytest.raises(ArgumentError, match="set_epsilon: a number above 0 was expected, got"):
            config.set_epsilon(wrong)


def test_the_bar_is_on_until_it_is_turned_off() -> None:
    config = Config()
    assert config.is_interactive_logging_enabled()
    config.disable_interactive_logging()
    assert not config.is_interactive_logging_enabled()
    config.enable_interactive_logging()
    assert config.is_interactive_logging_enabled()


def test_numbers_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("", "auto"):
        monkeypatch.setenv("STEEPEST_THREADS", text)
        assert Config().threads is None
    monkeypatch.setenv("STEEPEST_THREADS", "2")
    assert Config().threads == 2
    monkeypatch.setenv("STEEPEST_THREADS", "two")
    with pytest.raises(ArgumentError, match=r"STEEPEST_THREADS: .*, or auto, got 'two'"):
        Config()


def test_policies_are_equal_by_their_names() -> None:
    one, other = (st.mixed_precision.Policy(name) for name in ("float32", "float64"))
    assert one == st.mixed_precision.Policy("float32") and one != other and one != "float32"
    assert hash(one) == hash(st.mixed_precision.Policy("float32"))
