"""Where shipping profiles send to: countries by their codes, and three regions (openapi destination_region)."""

from collections.abc import Mapping
from typing import Any

METHOD = "DeliveryMethod"
#: Regions by what they are called in documents.
REGIONS = {"eu": "EU", "non_eu": "Europe outside the EU", "none": "everywhere else"}
#: ISO 3166-1 alpha-2.
_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW "
    "BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI "
    "FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN "
    "IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
    "MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF "
    "PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE "
    "YT ZA ZM ZW"
)
COUNTRIES = tuple(_CODES.split())


def everywhere() -> tuple[tuple[str, str], ...]:
    """List all destinations as (id, name): they are the same for all shops."""
    return (*((code, code) for code in COUNTRIES), *((f"region:{key}", name) for key, name in REGIONS.items()))


def destination(wire: Mapping[str, Any]) -> str:
    """Return the id of where a row sends to."""
    return wire.get("destination_country_iso") or f"region:{wire.get('destination_region') or 'none'}"


def form(number: str) -> dict[str, str]:
    """Return the members that say where to."""
    kind, _, region = number.partition(":")
    return {"destination_region": region} if region else {"destination_country_iso": kind}
