"""MNIST on all devices: a laptop, a machine with GPUs, or the machines of a job, by one program.

`python examples/many_devices.py` uses the devices of this machine, `steepest launch --processes 2
examples/many_devices.py` two processes of it, and `sbatch examples/slurm.sbatch` several machines.
A job that was killed goes on from its last epoch when it is started again. Requires the data set.
"""

from __future__ import annotations

import steepest as st

BATCH, EPOCHS = 1024, 5


def main() -> None:
    """Trains 784-512-512-10 and says how many rows of the test it gets right."""
    distribution = st.distribute()  # first: it joins the processes of a job
    st.random.set_seed(1)
    (x_train, y_train), (x_test, y_test) = st.datasets.mnist.load_data()
    model = st.Sequential([
        st.layers.Input((28, 28)),
        st.layers.Rescaling(1 / 255),
        st.layers.Flatten(),
        st.layers.Dense(512, "relu"),
        st.layers.Dropout(0.2),
        st.layers.Dense(512, "relu"),
        st.layers.Dropout(0.2),
        st.layers.Dense(10, "softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    callbacks = [
        st.callbacks.BackupAndRestore("backup"),
        st.callbacks.CSVLogger("training.csv", append=True),
    ]
    model.fit(x_train, y_train, BATCH, EPOCHS, callbacks=callbacks, seed=1, verbose=2)
    _, accuracy = model.evaluate(x_test, y_test, batch_size=BATCH, verbose=0)
    model.save("model.safetensors")
    if st.distribution.is_chief():
        print(f"{distribution}: {accuracy:.2%} of the test")


if __name__ == "__main__":
    main()
