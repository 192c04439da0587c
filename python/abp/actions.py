"""Action codes as the environments accept them: any integer, in the byte that the core takes."""

import numpy as np
import numpy.typing as npt

INVALID_CODE = 255
"""What an integer outside 0..255 becomes: a code that no action has, hence an invalid action by the rules."""


def action_codes(actions: npt.ArrayLike, num_envs: int) -> npt.NDArray[np.uint8]:
    """``actions`` as uint8[num_envs]; values outside 0..255 become 255, which the rules treat as an invalid
    action.

    Raises TypeError unless the dtype is an integer one, ValueError unless the shape is ``(num_envs,)``.
    """
    array = np.asarray(actions)
    if not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"actions must be an integer array, got dtype {array.dtype}")
    if array.shape != (num_envs,):
        raise ValueError(f"actions must have shape ({num_envs},), got {array.shape}")
    if array.dtype == np.uint8:
        return array
    return np.where((array < 0) | (array > INVALID_CODE), INVALID_CODE, array).astype(np.uint8)
