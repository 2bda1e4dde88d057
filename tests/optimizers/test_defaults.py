"""Default values of optimizers, as in Keras or the papers; `tests/peers` lists differences."""

from __future__ import annotations

import steepest as st
from tests.signatures import defaults_of

DEFAULTS = """\
Adadelta: learning_rate=0.001, rho=0.95, epsilon=1e-07
Adafactor: learning_rate=0.001, beta_2_decay=-0.8, epsilon_1=1e-30, epsilon_2=0.001,
    clip_threshold=1.0, relative_step=True
Adagrad: learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-07
Adam: learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07, amsgrad=False
AdamW: learning_rate=0.001, weight_decay=0.004
Adamax: learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07
Ftrl: learning_rate=0.001, learning_rate_power=-0.5, initial_accumulator_value=0.1,
    l1_regularization_strength=0.0, l2_regularization_strength=0.0,
    l2_shrinkage_regularization_strength=0.0, beta=0.0
LBFGS: learning_rate=1.0, memory=10, evaluations=25
Lamb: learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07
LevenbergMarquardt: damping=0.001, factor=10.0, largest_damping=10000000000.0
Lion: learning_rate=0.001, beta_1=0.9, beta_2=0.99
Muon: learning_rate=0.001, adam_beta_1=0.9, adam_beta_2=0.999, adam_weight_decay=0.004,
    epsilon=1e-07, weight_decay=0.004, exclude_embeddings=True, muon_a=3.4445, muon_b=-4.775,
    muon_c=2.0315, adam_lr_ratio=1.0, momentum=0.95, ns_steps=5, nesterov=True, rms_rate=0.2
Nadam: learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07
Optimizer: learning_rate=0.001, use_ema=False, ema_momentum=0.99
Quickprop: learning_rate=0.01, growth=1.75
RAdam: learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07
RMSprop: learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-07, centered=False
Rprop: learning_rate=0.01, increase=1.2, decrease=0.5, smallest=1e-06, largest=50.0
SGD: learning_rate=0.01, momentum=0.0, nesterov=False, dampening=0.0
ScheduleFreeAdamW: learning_rate=0.0025, beta_1=0.9, beta_2=0.999, epsilon=1e-08, warmup_steps=0
exponential_average: beta=0.9, bias_correction=True
"""


def test_defaults() -> None:
    assert defaults_of([st.optimizers], "steepest.optimizers") == DEFAULTS
