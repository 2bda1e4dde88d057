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
    "optimizers": """
        OptimizerMap
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

# Names by module. "missing" is meant to come; every other reason is a decision.
MISSING = "missing"


def missing(names: str) -> dict[str, str]:
    """Marks each of some names as missing."""
    return dict.fromkeys(names.split(), MISSING)


ABSENT = {
    "layers": {
        **missing("""
            EinsumDense GlobalAvgPool1D GlobalMaxPool1D HashedCrossing Hashing InputSpec
            Masking SpatialDropout2D SpectralNormalization StringLookup
            TextVectorization TimeDistributed Wrapper deserialize serialize
        """),
    },
    "losses": {
        **missing("""
            Circle circle deserialize serialize
        """),
    },
    "metrics": {
        **missing("""
            LogCoshError deserialize serialize
        """),
    },
    "optimizers": {
        **missing("""
            Adafactor MultiOptimizer ScheduleFreeAdamW deserialize serialize
        """),
        "LossScaleOptimizer": "half precision needs no loss scale here",
    },
    "optimizers.schedules": {
        **missing("""
            deserialize serialize
        """),
    },
    "callbacks": {
        **missing("""
            SwapEMAWeights
        """),
        "ProgbarLogger": "the bar belongs to `verbose`",
        "RemoteMonitor": "nothing is sent over a network; LambdaCallback does it",
    },
    "initializers": {
        **missing("""
            IdentityInitializer OrthogonalInitializer deserialize serialize
        """),
    },
    "regularizers": {
        **missing("""
            deserialize serialize
        """),
    },
    "constraints": {
        **missing("""
            deserialize serialize
        """),
    },
    "activations": {
        **missing("""
            deserialize serialize
        """),
    },
    "models": {
        **missing("""
            model_from_json save_model
        """),
    },
    "utils": {
        **missing("""
            CustomObjectScope FeatureSpace Progbar array_to_img clear_session
            custom_object_scope deserialize_keras_object disable_interactive_logging
            enable_interactive_logging get_custom_objects get_file get_registered_name
            get_registered_object img_to_array is_interactive_logging_enabled load_img
            model_to_dot pack_x_y_sample_weight register_keras_serializable save_img
            serialize_keras_object split_dataset timeseries_dataset_from_array
            unpack_x_y_sample_weight
        """),
        "Config": "a dictionary does it",
        "get_source_inputs": "`model.inputs` says it",
        "is_keras_tensor": "a tensor of a graph is a Tensor",
        "standardize_dtype": "dtypes are NumPy dtypes",
    },
    "saving": {
        **missing("""
            CustomObjectScope custom_object_scope deserialize_keras_object
            get_custom_objects get_registered_name get_registered_object load_model
            load_weights register_keras_serializable save_model save_weights
            serialize_keras_object
        """),
        "KerasFileEditor": "files are safetensors, readable by any tool",
    },
    "backend": {
        **missing("""
            backend clear_session epsilon floatx get_uid image_data_format
            is_float_dtype is_int_dtype is_keras_tensor result_type set_epsilon
            set_floatx set_image_data_format standardize_dtype
        """),
    },
    "config": {
        **missing("""
            backend disable_interactive_logging disable_traceback_filtering dtype_policy
            enable_interactive_logging enable_traceback_filtering epsilon floatx
            image_data_format is_interactive_logging_enabled
            is_traceback_filtering_enabled max_epochs max_steps_per_epoch
            set_dtype_policy set_epsilon set_floatx set_max_epochs
            set_max_steps_per_epoch
        """),
        "enable_unsafe_deserialization": "no file is executed",
        "set_backend": "the engine is chosen by `st.config.engine`",
        "set_image_data_format": "channels stand last",
    },
    "random": {
        **missing("""
            beta binomial dropout gamma randint
        """),
    },
    "ops": {
        **missing("""
            abs absolute add all allclose amax amin any append arange arccos arccosh
            arcsin arcsinh arctan arctan2 arctanh argmax argmin argpartition argsort
            array array_split associative_scan average batch_normalization
            binary_crossentropy bincount broadcast_to cast categorical_crossentropy cbrt
            cdist ceil celu cholesky cholesky_inverse clip concatenate cond
            convert_to_numpy convert_to_tensor copy corrcoef correlate cos cosh
            count_nonzero cross cumprod cumsum custom_gradient deg2rad det diag diagflat
            diagonal diff digitize divide divide_no_nan dot dsplit dstack dtype eig eigh
            einsum elu empty empty_like equal erf erfc erfinv exp exp2 expand_dims expm1
            eye fabs flip fliplr flipud floor floor_divide fmax fmin fmod fori_loop full
            full_like gcd gelu geomspace get_item glu greater greater_equal hard_shrink
            hard_sigmoid hard_silu hard_swish hard_tanh heaviside histogram hsplit
            hstack hypot identity in_top_k inner inv is_tensor isclose isfinite isin
            isinf isnan isneginf isposinf isreal jvp kron layer_normalization lcm ldexp
            leaky_relu less less_equal linalg linspace log log10 log1p log2 log_sigmoid
            log_softmax logaddexp logaddexp2 logdet logical_and logical_not logical_or
            logical_xor logspace logsumexp lstsq lu_factor map matmul matrix_rank max
            maximum mean median meshgrid min minimum mod moments moveaxis multi_hot
            multiply nan_to_num nanargmax nanargmin nancumprod nancumsum nanmax nanmean
            nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar ndim
            negative nextafter nn nonzero norm normalize not_equal numpy one_hot ones
            ones_like outer pad percentile pinv power prod ptp qr quantile rad2deg ravel
            rearrange reciprocal relu relu6 repeat reshape rms_normalization roll rot90
            round rsqrt saturate_cast scan scatter scatter_update searchsorted
            segment_max segment_min segment_prod segment_sum select selu shape sigmoid
            sign signbit silu sin sinc sinh size slice slice_update slogdet soft_shrink
            softmax softplus softsign solve solve_triangular sort
            sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparsemax split
            sqrt square squareplus squeeze stack std stop_gradient subtract sum svd
            swapaxes swish switch take take_along_axis tan tanh tanh_shrink tensordot
            threshold tile top_k trace transpose trapezoid tri tril triu true_divide
            trunc unique unravel_index unstack vander var vdot vectorize vectorized_map
            view vsplit vstack where while_loop zeros zeros_like
        """),
    },
    "datasets": {
        **missing("""
            boston_housing california_housing cifar10 cifar100 reuters
        """),
    },
    "": {
        **missing("""
            Initializer InputSpec Layer Loss Metric Optimizer Regularizer DTypePolicy
            FloatDTypePolicy name_scope
        """),
        "KerasTensor": "a tensor of a graph is a Tensor",
        "Operation": "functions are plain functions",
        "StatelessScope": "for backends without state",
        "SymbolicScope": "for backends without state",
    },
}

# Methods of classes that both have.
ABSENT_METHODS = {
    "layers.Discretization": {
        "reset_state": "`adapt` begins anew",
        "update_state": "`adapt` takes whole data sets",
    },
    "layers.IntegerLookup": {
        "reset_state": "`adapt` begins anew",
        "set_vocabulary": MISSING,
        "update_state": "`adapt` takes whole data sets",
    },
    "layers.Layer": {
        "add_metric": "metrics belong to `compile`",
        "add_variable": MISSING,
        "build_from_config": "weights are made from their stored shapes",
    },
    "models.Model": {
        "export": MISSING,
        "to_json": MISSING,
    },
    "optimizers.Optimizer": {
        "add_variable": MISSING,
        "scale_loss": "no loss scale",
        "set_weights": "the state is restored with its model",
        "update_step": MISSING,
    },
    "random.SeedGenerator": {
        "from_config": MISSING,
        "get_config": MISSING,
        "next": MISSING,
    },
}

# Properties of objects of the bases.
ABSENT_PROPERTIES = {
    "Layer": {
        "autocast": MISSING,
        "call_signature_parameters": "Keras uses it itself",
        "compute_dtype": MISSING,
        "dtype_policy": MISSING,
        "input": MISSING,
        "input_spec": "shapes are checked when a layer is called",
        "lora_alpha": "no low-rank adaptation",
        "lora_enabled": "no low-rank adaptation",
        "lora_rank": "no low-rank adaptation",
        "metrics": MISSING,
        "metrics_variables": MISSING,
        "output": MISSING,
        "path": MISSING,
        "quantization_config": "no quantised layers",
        "supports_jit": "every layer compiles",
        "supports_masking": "Keras uses it itself",
        "variable_dtype": MISSING,
    },
    "Loss": {
        "dtype": MISSING,
        "fn": "Keras uses it itself",
    },
    "Metric": {},
    "Model": {
        "autocast": MISSING,
        "call_signature_parameters": "Keras uses it itself",
        "compiled": MISSING,
        "compiled_metrics": "`metrics` lists them",
        "dtype_policy": MISSING,
        "input_spec": "shapes are checked when a layer is called",
        "jit_compile": MISSING,
        "metrics_variables": MISSING,
        "operations": "`layers` lists them",
        "path": MISSING,
        "predict_function": "Keras uses it itself",
        "run_eagerly": MISSING,
        "steps_per_execution": MISSING,
        "supports_jit": "every layer compiles",
        "supports_masking": "Keras uses it itself",
        "test_function": "Keras uses it itself",
        "train_function": "Keras uses it itself",
        "unrolled_steps_per_execution": "Keras uses it itself",
        "variable_dtype": MISSING,
    },
    "Optimizer": {
        "loss_scale_factor": "no loss scale",
    },
}

# Arguments of functions and methods.
ABSENT_ARGUMENTS = {
    "layers.Discretization.adapt": {
        "steps": MISSING,
    },
    "layers.IntegerLookup.adapt": {
        "steps": MISSING,
    },
    "layers.IntegerLookup.get_vocabulary": {
        "include_special_tokens": MISSING,
    },
    "models.Model.compile": {
        "auto_scale_loss": MISSING,
        "jit_compile": MISSING,
        "steps_per_execution": MISSING,
    },
    "models.Model.compute_loss": {
        "training": MISSING,
    },
    "models.Model.load_weights": {
        "filepath": "named path",
        "skip_mismatch": MISSING,
    },
    "models.Model.save": {
        "filepath": "named path",
        "overwrite": MISSING,
        "zipped": "a model is one file",
    },
    "models.Model.save_weights": {
        "filepath": "named path",
        "max_shard_size": "weights are one file",
        "overwrite": MISSING,
    },
    "models.Model.summary": {
        "expand_nested": MISSING,
        "layer_range": MISSING,
        "line_length": MISSING,
        "positions": MISSING,
        "show_trainable": MISSING,
    },
    "models.Sequential.add": {
        "rebuild": "Keras uses it itself",
    },
    "models.Sequential.pop": {
        "rebuild": "Keras uses it itself",
    },
    "models.clone_model": {
        "call_function": MISSING,
        "clone_function": MISSING,
        "input_tensors": MISSING,
        "recursive": MISSING,
    },
    "models.load_model": {
        "compile": MISSING,
        "filepath": "named path",
        "safe_mode": "no file is executed",
    },
    "optimizers.Optimizer.apply": {
        "trainable_variables": "named variables",
    },
    "optimizers.Optimizer.from_config": {
        "custom_objects": MISSING,
    },
    "random.categorical": {
        "dtype": MISSING,
    },
    "random.shuffle": {
        "axis": MISSING,
        "x": MISSING,
    },
    "utils.image_dataset_from_directory": {
        "class_names": MISSING,
        "crop_to_aspect_ratio": MISSING,
        "data_format": "channels stand last",
        "follow_links": MISSING,
        "format": MISSING,
        "interpolation": MISSING,
        "labels": MISSING,
        "pad_to_aspect_ratio": MISSING,
        "verbose": MISSING,
    },
    "utils.plot_model": {
        "expand_nested": MISSING,
        "splines": MISSING,
    },
    "utils.text_dataset_from_directory": {
        "class_names": MISSING,
        "follow_links": MISSING,
        "format": MISSING,
        "labels": MISSING,
        "max_length": MISSING,
        "verbose": MISSING,
    },
}

# Defaults that differ.
OTHER_DEFAULTS = {
    "optimizers.Optimizer.exclude_from_weight_decay": {
        "var_list": "Keras refuses to be called without",
        "var_names": "Keras refuses to be called without",
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
    "utils.plot_model": {
        "show_layer_names": "names are worth showing",
        "show_shapes": "shapes are worth showing",
        "to_file": "the drawing is returned",
    },
}
