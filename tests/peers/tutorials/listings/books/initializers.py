"""Glorot, He and others."""

from steepest import keras

keras.utils.set_random_seed(42)
for initializer in (
    keras.initializers.GlorotUniform(seed=1),
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "glorot_normal",
    keras.initializers.VarianceScaling(scale=2.0, mode="fan_avg", distribution="uniform"),
    keras.initializers.RandomNormal(stddev=0.01),
    keras.initializers.TruncatedNormal(stddev=0.05),
    "random_uniform",
):
    layer = keras.layers.Dense(200, activation="relu", kernel_initializer=initializer)
    layer.build((None, 300))
    kernel = layer.get_weights()[0]
    print(kernel.shape, f"{kernel.std():.2f}", abs(kernel.mean()) < 0.01)
