"""What Keras has and steepest has not, with the reason, for `test_keras_signatures.py`."""

from __future__ import annotations

# Other kinds of network, of data or of device: not for dense networks.
NOT_DENSE = {
    "layers": """
        AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D
        AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D AdditiveAttention
        Attention AugMix AutoContrast AveragePooling1D AveragePooling2D AveragePooling3D
        AvgPool1D AvgPool2D AvgPool3D Bidirectional CenterCrop
        ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D
        Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D
        Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose
        Convolution3D Convolution3DTranspose Cropping1D Cropping2D Cropping3D CutMix
        DepthwiseConv1D DepthwiseConv2D Equalization FlaxLayer GRU GRUCell
        GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool2D GlobalAvgPool3D
        GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling2D GlobalMaxPooling3D
        GroupQueryAttention JaxLayer LSTM LSTMCell MaxNumBoundingBoxes MaxPool1D MaxPool2D
        MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D MelSpectrogram MixUp
        MultiHeadAttention Pipeline RNN RandAugment RandomColorDegeneration
        RandomColorJitter RandomCrop RandomElasticTransform RandomGaussianBlur
        RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization
        RandomSaturation RandomSharpness RandomShear Resizing ReversibleEmbedding
        STFTSpectrogram SeparableConv1D SeparableConv2D SeparableConvolution1D
        SeparableConvolution2D SimpleRNN SimpleRNNCell Solarization SpatialDropout3D
        StackedRNNCells TFSMLayer TorchModuleWrapper UpSampling1D UpSampling2D UpSampling3D
        ZeroPadding1D ZeroPadding2D ZeroPadding3D
    """,
    "losses": """
        CTC ctc
    """,
    "callbacks": """
        OrbaxCheckpoint
    """,
    "initializers": """
        STFT STFTInitializer stft
    """,
    "utils": """
        audio_dataset_from_directory bounding_boxes
    """,
    "config": """
        disable_flash_attention enable_flash_attention is_flash_attention_enabled
        is_nnx_enabled
    """,
    "ops": """
        adaptive_average_pool adaptive_max_pool angle average_pool bartlett bitwise_and
        bitwise_invert bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift
        bitwise_xor blackman conj conjugate conv conv_transpose ctc_decode ctc_loss
        depth_to_space depthwise_conv dot_product_attention extract_sequences fft fft2 fold
        hamming hanning i0 ifft2 imag image irfft istft kaiser left_shift max_pool polar
        psnr real rfft right_shift separable_conv space_to_depth stft unfold view_as_complex
        view_as_real
    """,
    "": """
        Quantizer RematScope device remat
    """,
}

# Names by module; each reason is a decision.
ABSENT = {
    "layers": {},
    "optimizers": {
        "LossScaleOptimizer": "half precision needs no loss scale here",
    },
    "callbacks": {
        "ProgbarLogger": "the bar belongs to `verbose`",
        "RemoteMonitor": "nothing is sent over a network; LambdaCallback does it",
    },
    "models": {},
    "utils": {
        "Config": "a dictionary does it",
        "get_source_inputs": "`model.inputs` says it",
        "is_keras_tensor": "a tensor of a graph is a Tensor",
        "model_to_dot": "`plot_model` draws by matplotlib, without Graphviz",
        "standardize_dtype": "dtypes are NumPy dtypes",
    },
    "saving": {
        "KerasFileEditor": "files are safetensors, readable by any tool",
    },
    "config": {
        "enable_unsafe_deserialization": "no file is executed",
        "set_backend": "the engine is chosen by `st.config.engine`",
        "set_image_data_format": "channels stand last",
    },
    "ops": {
        "associative_scan": "`scan` goes through the entries in order",
        "correlate": "no convolutions",
        "eig": "no complex numbers; `eigh` is for symmetric matrices",
        "gcd": "no loop whose length depends on a value",
        "jvp": "derivatives go backward: `GradientTape` and `jacobian`",
        "lcm": "no loop whose length depends on a value",
        "lu_factor": "`solve`, `inv` and `det` factor matrices themselves",
        "nextafter": "no access to the bits of numbers",
        "rearrange": "`transpose` and `reshape` do it",
        "vectorize": "functions take whole tensors; `map` calls one for each entry",
        "view": "no access to the bits of numbers",
    },
    "": {
        "KerasTensor": "a tensor of a graph is a Tensor",
        "Operation": "functions are plain functions",
        "StatelessScope": "for backends without state",
        "SymbolicScope": "for backends without state",
    },
}

# Methods of classes that both have.
ABSENT_METHODS = {
    "layers.StringLookup": {
        "reset_state": "`adapt` begins anew",
        "update_state": "`adapt` takes whole data sets",
    },
    "layers.TextVectorization": {
        "reset_state": "`adapt` begins anew",
        "update_state": "`adapt` takes whole data sets",
    },
    "layers.Discretization": {
        "reset_state": "`adapt` begins anew",
        "update_state": "`adapt` takes whole data sets",
    },
    "layers.IntegerLookup": {
        "reset_state": "`adapt` begins anew",
        "update_state": "`adapt` takes whole data sets",
    },
    "layers.Layer": {
        "add_metric": "metrics belong to `compile`",
        "build_from_config": "weights are made from their stored shapes",
    },
    "optimizers.Optimizer": {
        "scale_loss": "no loss scale",
        "set_weights": "the state is restored with its model",
    },
}

# Properties of objects of the bases.
ABSENT_PROPERTIES = {
    "Layer": {
        "call_signature_parameters": "internal to Keras",
        "lora_alpha": "no low-rank adaptation",
        "lora_enabled": "no low-rank adaptation",
        "lora_rank": "no low-rank adaptation",
        "quantization_config": "no quantised layers",
        "supports_jit": "every layer compiles",
    },
    "Loss": {
        "fn": "internal to Keras",
    },
    "Metric": {},
    "Model": {
        "call_signature_parameters": "internal to Keras",
        "compiled_metrics": "`metrics` lists them",
        "operations": "`layers` lists them",
        "predict_function": "internal to Keras",
        "supports_jit": "every layer compiles",
        "test_function": "internal to Keras",
        "train_function": "internal to Keras",
        "unrolled_steps_per_execution": "internal to Keras",
    },
    "Optimizer": {
        "loss_scale_factor": "no loss scale",
    },
}

# Arguments of functions and methods.
ABSENT_ARGUMENTS = {
    "saving.load_weights": {
        "filepath": "named path",
    },
    "saving.save_model": {
        "zipped": "a model is one file",
    },
    "saving.save_weights": {
        "max_shard_size": "weights are one file",
    },
    "utils.FeatureSpace.save": {
        "filepath": "named path",
    },
    "models.Model.load_weights": {
        "filepath": "named path",
    },
    "models.Model.save": {
        "filepath": "named path",
        "zipped": "a model is one file",
    },
    "models.Model.save_weights": {
        "filepath": "named path",
        "max_shard_size": "weights are one file",
    },
    "models.Sequential.add": {
        "rebuild": "internal to Keras",
    },
    "models.Sequential.pop": {
        "rebuild": "internal to Keras",
    },
    "models.save_model": {
        "zipped": "a model is one file",
    },
    "models.load_model": {
        "filepath": "named path",
        "safe_mode": "no file is executed",
    },
    "optimizers.Optimizer.apply": {
        "trainable_variables": "named variables",
    },
    "random.shuffle": {
        "x": "named values, as in TensorFlow",
    },
    "utils.image_dataset_from_directory": {
        "crop_to_aspect_ratio": "pictures are stretched to `image_size`",
        "data_format": "channels stand last",
        "follow_links": "links to folders are followed",
        "interpolation": "pictures are resized by Pillow's default",
        "pad_to_aspect_ratio": "pictures are stretched to `image_size`",
    },
    "utils.text_dataset_from_directory": {
        "follow_links": "links to folders are followed",
    },
}

# Defaults that differ.
OTHER_DEFAULTS = {
    "ops.ones": {
        "dtype": "float32, named in the signature",
    },
    "ops.zeros": {
        "dtype": "float32, named in the signature",
    },
    "optimizers.Optimizer.exclude_from_weight_decay": {
        "var_list": "Keras refuses to be called without",
        "var_names": "Keras refuses to be called without",
    },
    "random.beta": {
        "dtype": "float32, named in the signature",
    },
    "random.binomial": {
        "dtype": "float32, named in the signature",
    },
    "random.categorical": {
        "dtype": "float32, named in the signature",
    },
    "random.gamma": {
        "dtype": "float32, named in the signature",
    },
    "random.normal": {
        "dtype": "float32, named in the signature",
    },
    "random.truncated_normal": {
        "dtype": "float32, named in the signature",
    },
    "random.uniform": {
        "dtype": "float32, named in the signature",
        "maxval": "those of tf.random: integers need maxval",
        "minval": "those of tf.random: integers need maxval",
    },
    "utils.image_dataset_from_directory": {
        "verbose": "nothing is printed unless asked for",
    },
    "utils.text_dataset_from_directory": {
        "verbose": "nothing is printed unless asked for",
    },
    "utils.plot_model": {
        "show_layer_names": "names are worth showing",
        "show_shapes": "shapes are worth showing",
        "to_file": "the drawing is returned",
    },
}
