"""How pydantic is to read the TypedDicts of a frame. Pydantic itself is not needed here: environments do without it."""

from typing import Annotated, Any, TypeVar

Dict = TypeVar("Dict")


def shape(dictionary: type[Dict]) -> type[Dict]:
    """Marks a TypedDict as complete: unknown keys and other types are errors, docstrings describe the keys."""
    dictionary.__pydantic_config__ = {  # type: ignore[attr-defined]
        "extra": "forbid",
        "strict": True,
        "use_attribute_docstrings": True,
    }
    return dictionary


class AsList:
    """Annotates a numpy array: in JSON it is a list of ``length`` numbers of the type ``of``."""

    def __init__(self, of: type[float], length: int) -> None:
        self._of = of
        self._length = length

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic import Field

        return handler.generate_schema(
            Annotated[list[self._of], Field(min_length=self._length, max_length=self._length)]  # type: ignore[name-defined]
        )
