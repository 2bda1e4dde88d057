"""The public functions of tensors, as `st.exp` and as `st.math.exp`.

A function is public by the `__all__` of the file that defines it; none is listed again here.
"""

from steepest.core import ops as _ops
from steepest.core.conversion import *  # noqa: F403 - its __all__ names them
from steepest.core.elementwise import *  # noqa: F403 - its __all__ names them
from steepest.core.matmul import *  # noqa: F403 - its __all__ names them
from steepest.core.movement import *  # noqa: F403 - its __all__ names them
from steepest.core.reductions import *  # noqa: F403 - its __all__ names them
from steepest.errors import suggest_names as _suggest_names
from steepest.functions.composed import *  # noqa: F403 - its __all__ names them
from steepest.functions.nn import l2_normalize as l2_normalize
from steepest.functions.nn import log_sigmoid as log_sigmoid
from steepest.functions.nn import log_softmax as log_softmax
from steepest.functions.nn import sigmoid as sigmoid
from steepest.functions.nn import softmax as softmax
from steepest.functions.nn import softplus as softplus

abs = _ops.absolute
pow = _ops.power
mod = _ops.remainder
floormod = _ops.remainder
floordiv = _ops.floor_divide
truediv = _ops.divide
reverse = _ops.flip

_suggest_names(__name__, "st.math")
