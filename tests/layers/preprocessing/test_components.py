"""PrincipalComponents: known answers, and agreement with scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError, DataError, SteepestError

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(60, 4)) @ RNG.normal(size=(4, 4)) + 5.0


def test_components_that_hold_a_share_of_the_variance(tmp_path):
    decomposition = pytest.importorskip("sklearn.decomposition")
    table = RNG.normal(size=(80, 6)) * [9.0, 5.0, 3.0, 1.0, 0.1, 0.1]
    for share in (0.5, 0.9, 0.999):
        layer = layers.PrincipalComponents(share).fit(table)
        assert layer.components == decomposition.PCA(share).fit(table).n_components_
        assert layer.explained_variance_ratio.sum() >= share
    model = st.Sequential([layer, layers.Dense(1)])
    wanted = model(table).numpy()
    model.save(tmp_path / "m.safetensors")
    again = st.load_model(tmp_path / "m.safetensors")
    assert again.layers[0].components == layer.components
    np.testing.assert_allclose(again(table), wanted)
    with pytest.raises(SteepestError, match="how many components hold 90% of its variance"):
        layers.PrincipalComponents(0.9)(table)
    for wrong in (0, 1.0, 1.5, -0.5):
        with pytest.raises(ArgumentError, match="components: a whole number from 1, or a share"):
            layers.PrincipalComponents(wrong)


def test_components_of_more_features_than_rows():
    wide = RNG.normal(size=(5, 40))
    layer = layers.PrincipalComponents(4, dtype="float64").fit(wide)
    np.testing.assert_allclose(layer.inverse_transform(layer.transform(wide)), wide, atol=1e-9)
    assert layer.explained_variance_ratio.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("whiten", [False, True])
def test_principal_components_and_back(whiten: bool, rng: np.random.Generator):
    """With all components the way back gives the points themselves, however they are scaled."""
    points = rng.normal(size=(50, 3)) * [5.0, 1.0, 0.2] + [1.0, 2.0, 3.0]
    layer = layers.PrincipalComponents(3, whiten=whiten, dtype="float64").fit(points)
    found = layer.transform(points)
    np.testing.assert_allclose(layer.inverse_transform(found), points, rtol=1e-9)
    deviations = np.sqrt(np.linalg.eigvalsh(np.cov(points.T))[::-1])
    np.testing.assert_allclose(found.std(axis=0, ddof=1), [1] * 3 if whiten else deviations)
    shares = deviations**2 / (deviations**2).sum()
    np.testing.assert_allclose(layer.explained_variance_ratio, shares)


def test_what_was_learned_is_saved_with_the_model(tmp_path):
    def network() -> st.Model:
        return st.Sequential([layers.PrincipalComponents(2), layers.Dense(1)])

    model = network()
    model.layers[0].adapt(TABLE)
    wanted = model(TABLE.astype("float32")).numpy()
    model.save_weights(tmp_path / "w.safetensors")
    again = network()
    again.layers[0].ensure_built((None, 4))
    again.layers[1].ensure_built((None, 2))
    again.built = True
    again.load_weights(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(again(TABLE.astype("float32")).numpy(), wanted)


def test_components_are_no_more_than_features_and_rows():
    with pytest.raises(ArgumentError, match=r"components=5: the data have 4 features"):
        layers.PrincipalComponents(5).adapt(TABLE)
    assert layers.PrincipalComponents(4).fit(TABLE).built
    assert layers.PrincipalComponents(2).fit(TABLE[:2]).built
    for count, rows in ((1, 1), (3, 2)):
        with pytest.raises(DataError, match=f"{rows} rows do not have {count} principal comp"):
            layers.PrincipalComponents(count).adapt(TABLE[:rows])


def test_before_adapt_no_share_of_the_variance_is_known():
    layer = layers.PrincipalComponents(2)
    assert layer.explained_variance_ratio is None
    layer.ensure_built((None, 4))
    assert layer.explained_variance_ratio is None
