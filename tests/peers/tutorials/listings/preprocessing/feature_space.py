"""A table of mixed columns."""

import numpy as np
from steepest.keras.utils import FeatureSpace

import steepest as st
from steepest import keras

table = {
    "age": np.array([20.0, 30.0, 40.0, 50.0]),
    "sex": np.array([0, 1, 1, 0]),
    "thal": np.array(["fixed", "normal", "normal", "reversible"]),
}
feature_space = FeatureSpace(
    features={
        "age": FeatureSpace.float_normalized(),
        "sex": FeatureSpace.integer_categorical(num_oov_indices=0),
        "thal": FeatureSpace.string_categorical(num_oov_indices=0),
    },
    output_mode="concat",
)
feature_space.adapt(st.data.Dataset.from_tensor_slices(table))
preprocessed = feature_space({name: values[:2] for name, values in table.items()})
print(preprocessed.shape)
print(preprocessed.numpy())
inputs = feature_space.get_inputs()
print(sorted(inputs))
encoded = feature_space.get_encoded_features()
model = keras.Model(encoded, keras.layers.Dense(1, kernel_initializer="ones")(encoded))
print(model.output_shape)
