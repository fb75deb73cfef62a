"""Types of employers that the campaign wins first (通工办〔2011〕29号 一(一)), told by what a register says of a firm.

The document names the types and no more: by which columns and words a firm is told to be of one is our own choice. A
firm may be of several types.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Priority:
    """A type: industries, unit categories, words in a firm's name, Fortune 500; any of them makes a firm one of it."""

    sectors: frozenset[str] = frozenset()
    ownership: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    top500: bool = False


PRIORITIES: Mapping[str, Priority] = MappingProxyType(
    {
        "foreign": Priority(ownership=frozenset({"200", "300"}), top500=True),
        "taxi": Priority(words=("出租汽车", "出租车", "的士", "网约车")),
        "finance": Priority(sectors=frozenset({"10"})),
        "trade": Priority(sectors=frozenset({"06"})),
        "catering": Priority(sectors=frozenset({"08"}), words=("餐饮",)),
        "property": Priority(words=("物业",)),
        "labour": Priority(words=("劳务", "人力资源")),
        "social": Priority(ownership=frozenset({"700"})),
    }
)
"""世界500强等外资 · 出租车 · 金融保险证券 · 商贸 · 餐饮服务 · 物业管理 · 劳务公司 · 民办非企业等新社会组织."""
