"""Which marketplaces there are to practise on."""

#: Where the class of each is; it is imported when somebody practises there.
SIMULATORS = {
    "allegro": "reconciler.simulator.allegro.simulator:AllegroSimulator",
    "etsy": "reconciler.simulator.etsy.simulator:EtsySimulator",
    "ebay": "reconciler.simulator.ebay.simulator:EbaySimulator",
}
MARKETPLACES = tuple(SIMULATORS)
