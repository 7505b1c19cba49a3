"""Which marketplaces there are to practise on: ours, and those of installed packages."""

from importlib.metadata import entry_points

#: Where the class of each is; it is imported when somebody practises there.
SIMULATORS = {
    "allegro": "reconciler.simulator.allegro.simulator:AllegroSimulator",
    "etsy": "reconciler.simulator.etsy.simulator:EtsySimulator",
    "ebay": "reconciler.simulator.ebay.simulator:EbaySimulator",
}
MARKETPLACES = tuple(SIMULATORS)
#: Where packages of others say which class theirs is.
GROUP = "reconciler.simulators"


def practised() -> dict[str, str]:
    """Each marketplace that can be practised here, ours first, and where its class is."""
    return {**SIMULATORS, **{point.name: point.value for point in entry_points(group=GROUP)}}
