"""XOR: four points that no straight line separates.

The loss falls to almost 0 within 100 epochs, and the accuracy jumps in quarters, since there are
four points. The two points of a class lie in opposite corners, so the boundary has two branches,
where a single unit would have one straight line.
"""

from __future__ import annotations

from typing import Any

import steepest as st


def run(seed: int = 1, quick: bool = False) -> tuple[dict[str, float], Any]:
    """Trains the network 2-8-1 on all four points in each step."""
    st.random.set_seed(seed)
    (x, y), _ = st.datasets.xor.load_data()
    model = st.Sequential([
        st.layers.Dense(8, activation="tanh", input_shape=(2,)),
        st.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(st.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=300 if quick else 1000, batch_size=4, verbose=0)
    loss, accuracy = model.evaluate(x, y, verbose=0)
    return {"accuracy": accuracy, "loss": loss}, (model, history)


def draw(trained: Any) -> st.plot.Picture:
    """Both curves, and the output of the network for each pair of inputs."""
    from matplotlib.figure import Figure

    model, history = trained
    loss, accuracy, plane = Figure(figsize=(12.0, 3.6), layout="compressed").subplots(1, 3)
    st.plot.curves(history, "loss", "accuracy", ax=[loss, accuracy])
    (x, y), _ = st.datasets.xor.load_data()
    return st.plot.boundary(model, x, y, ax=plane)


if __name__ == "__main__":
    figures, trained = run()
    for name, figure in figures.items():
        print(f"{name}: {figure:.4g}")
    draw(trained).save("xor.png")
