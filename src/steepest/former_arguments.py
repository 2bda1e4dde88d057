"""Arguments of older versions of Keras, and of what is not here: the error says what to use.

Depends on nothing.
"""

from __future__ import annotations

REMEDIES = {
    "lr": "it is called learning_rate now",
    "decay": "a falling rate is a schedule: learning_rate=st.schedules.InverseTimeDecay(...); a "
    "penalty on weights is weight_decay",
    "loss_scale_factor": "it is for float16 training; steepest computes in float32 and float64, "
    "which need no scaling: leave it out",
    "rms_scaling": "use st.layers.RMSNormalization",
    "renorm": "batch renormalization is not here; use larger batches or LayerNormalization",
    "renorm_clipping": "batch renormalization is not here",
    "renorm_momentum": "batch renormalization is not here",
    "synchronized": "all threads of a batch share its mean and variance already: leave it out",
    "init": "it is called kernel_initializer now",
    "output_dim": "it is called units now",
    "nb_epoch": "it is called epochs now",
    "W_regularizer": "it is called kernel_regularizer now",
    "b_regularizer": "it is called bias_regularizer now",
    "p": "it is called rate now",
    "period": "it is called save_freq now, and counts batches, or is 'epoch'",
    "save_format": "the format is safetensors, under any name: leave it out",
    "workers": "give it to the st.utils.PyDataset: st.utils.PyDataset(workers=2)",
    "use_multiprocessing": "batches are made on threads: leave it out",
    "max_queue_size": "give it to the st.utils.PyDataset",
    "lora_rank": "low-rank adaptation is not here: leave it out",
    "lora_alpha": "low-rank adaptation is not here: leave it out",
    "quantization_config": "quantized layers are not here: leave it out",
    "autocast": "a layer casts float inputs to its dtype: leave it out",
    "batch_input_shape": "use input_shape, without the batch",
    "input_length": "a sequence may have any length: leave it out",
    "sparse": "sparse rows are read as they are, scipy.sparse matrices too: leave it out",
    "ragged": "make the rows equally long with st.utils.pad_sequences: leave it out",
}


def remedy(argument: str) -> str:
    """Returns what to do about an argument that is known from elsewhere; "" for any other.

    >>> remedy("lr")
    'it is called learning_rate now'
    """
    return REMEDIES.get(argument, "")
