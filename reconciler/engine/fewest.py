"""Which groups of equal changes go as one command each, so that all of them together take the fewest requests.

A command carries one value for up to a thousand offers; a keyed list carries all prices and stocks of up to
twenty-five. An offer leaves the lists only when commands carry everything it has. A group that fits into one
list never pays as a command of its own, so only larger groups are weighed: all combinations of them while there
are few, else the best that leaving groups out one by one finds.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations

#: So many large groups are weighed in all combinations.
_ALL = 10


def worth_a_command(
    groups: Sequence[Sequence[Hashable]], command_sizes: Sequence[int], list_size: int
) -> frozenset[int]:
    """Return the indexes of the groups to send as commands.

    `groups` holds the offers of each group, `command_sizes` how many offers one command of it takes.
    """
    large = [index for index, members in enumerate(groups) if len(members) > list_size]
    if not large:
        return frozenset()
    costs = {index: -(-len(groups[index]) // command_sizes[index]) for index in large}
    needs = _needs(groups, frozenset(large))

    def total(chosen: frozenset[int]) -> int:
        listed = sum(count for needed, count in needs.items() if needed is None or not needed <= chosen)
        return sum(costs[index] for index in chosen) + -(-listed // list_size)

    if len(large) <= _ALL:
        chosen = (frozenset(some) for size in range(len(large) + 1) for some in combinations(large, size))
        return min(chosen, key=lambda some: (total(some), -len(some)))
    return _left_out_one_by_one(groups, costs, needs, list_size)


def _left_out_one_by_one(
    groups: Sequence[Sequence[Hashable]],
    costs: Mapping[int, int],
    needs: Mapping[frozenset[int] | None, int],
    list_size: int,
) -> frozenset[int]:
    """Begin with all, and leave each group out, the smallest first, where that takes fewer requests.

    Each combination of groups is looked at once for each of its members: linear in the offers.
    """
    needing: dict[int, list[frozenset[int]]] = defaultdict(list)
    for needed in needs:
        for index in needed or ():
            needing[index].append(needed or frozenset())
    listed = needs.get(None, 0)
    best = set(costs)
    for index in sorted(costs, key=lambda each: len(groups[each])):
        freed = sum(needs[needed] for needed in needing[index] if needed <= best)
        if -(-(listed + freed) // list_size) - costs[index] < -(-listed // list_size):
            best.discard(index)
            listed += freed
    return frozenset(best)


def _needs(groups: Sequence[Sequence[Hashable]], large: frozenset[int]) -> Mapping[frozenset[int] | None, int]:
    """Count offers by the large groups that they are in; None counts those that a list carries anyway."""
    of_offer: dict[Hashable, set[int]] = {}
    for index, members in enumerate(groups):
        for member in members:
            of_offer.setdefault(member, set()).add(index)
    return Counter(frozenset(mine) if mine <= large else None for mine in of_offer.values())
