"""Action codes as the environments accept them: any integer, in the byte that the core takes."""

import numpy as np
import numpy.typing as npt

from abp import _core


def action_codes(actions: npt.ArrayLike, num_envs: int) -> npt.NDArray[np.uint8]:
    """``actions`` as a new uint8[num_envs]; values outside 0..255 become 255, which the rules treat as an invalid
    action.

    Raises TypeError unless the dtype is an integer one, ValueError unless the shape is ``(num_envs,)``.
    """
    return _core.action_codes(np.asarray(actions), num_envs)
