"""`keras.mixed_precision`: the dtypes of layers as policies, "mixed_bfloat16" among them.

Depends on config.
"""

from steepest.config import DTypePolicy, config
from steepest.errors import suggest_names

Policy = DTypePolicy
global_policy = dtype_policy = config.dtype_policy
set_global_policy = set_dtype_policy = config.set_dtype_policy

__all__ = [
    "DTypePolicy",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]

suggest_names(__name__)
