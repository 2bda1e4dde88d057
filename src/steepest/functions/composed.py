"""All functions composed of the primitives, in one namespace.

Each file lists its public functions in its `__all__`.
"""

from steepest.functions.angles import *  # noqa: F403 - its __all__ names them
from steepest.functions.coordinates import *  # noqa: F403 - its __all__ names them
from steepest.functions.creation import *  # noqa: F403 - its __all__ names them
from steepest.functions.einsum import *  # noqa: F403 - its __all__ names them
from steepest.functions.elementary import *  # noqa: F403 - its __all__ names them
from steepest.functions.gamma import *  # noqa: F403 - its __all__ names them
from steepest.functions.indexing import *  # noqa: F403 - its __all__ names them
from steepest.functions.norms import *  # noqa: F403 - its __all__ names them
from steepest.functions.ranks import *  # noqa: F403 - its __all__ names them
from steepest.functions.scans import *  # noqa: F403 - its __all__ names them
from steepest.functions.segments import *  # noqa: F403 - its __all__ names them
from steepest.functions.shapes import *  # noqa: F403 - its __all__ names them
from steepest.functions.sorting import *  # noqa: F403 - its __all__ names them
from steepest.functions.statistics import *  # noqa: F403 - its __all__ names them
