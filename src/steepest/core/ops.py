"""All functions over one primitive, in one namespace: formulas and derivatives call them.

The files list their public functions in `__all__`; the others imported here are internal.
"""

from steepest.core.conversion import *  # noqa: F403 - its __all__ names them
from steepest.core.conversion import as_tensor as as_tensor
from steepest.core.conversion import axes_of as axes_of
from steepest.core.conversion import in_dtype as in_dtype
from steepest.core.conversion import is_tensor_like as is_tensor_like
from steepest.core.conversion import meet as meet
from steepest.core.elementwise import *  # noqa: F403 - its __all__ names them
from steepest.core.elementwise import logistic as logistic
from steepest.core.matmul import *  # noqa: F403 - its __all__ names them
from steepest.core.matmul import swap_last as swap_last
from steepest.core.movement import *  # noqa: F403 - its __all__ names them
from steepest.core.movement import as_size as as_size
from steepest.core.movement import iota as iota
from steepest.core.movement import place as place
from steepest.core.movement import take_range as take_range
from steepest.core.movement import take_ranges as take_ranges
from steepest.core.movement import without_axes as without_axes
from steepest.core.reductions import *  # noqa: F403 - its __all__ names them
from steepest.core.reductions import count_of as count_of
