"""The carriers, and what each platform calls them. A neutral code is what the ledger keeps; a platform takes only its own."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Carrier:
    code: str  # neutral
    name: str
    taobao: str
    jd: str
    pdd: int
    pdd_wp: str  # the code of its waybills
    douyin: str
    kuaishou: int
    kuaishou_ebill: str
    open: bool = True  # PDD lists carriers that may not be used


CARRIERS = (
    Carrier("SF", "顺丰速运", "SF", "467", 44, "SF", "shunfeng", 4, "SF"),
    Carrier("YTO", "圆通速递", "YTO", "463", 85, "YTO", "yuantong", 6, "YTO"),
    Carrier("ZTO", "中通快递", "ZTO", "1499", 115, "ZTO", "zhongtong", 2, "ZTO"),
    Carrier("STO", "申通快递", "STO", "470", 1, "STO", "shentong", 1, "STO"),
    Carrier("YUNDA", "韵达快递", "YUNDA", "1327", 121, "YUNDA", "yunda", 5, "YUNDA"),
    Carrier("JT", "极兔速递", "HTKY", "599866", 384, "JTSD", "jtexpress", 16, "JT"),
    Carrier("EMS", "EMS", "EMS", "465", 118, "EMS", "ems", 3, "EMS"),
    Carrier("OLD", "停用快递", "OLD", "1", 999, "OLD", "old", 999, "OLD", open=False),
)

PLATFORMS = ("taobao", "jd", "pdd", "douyin", "kuaishou", "shopify", "woo")  # a carrier's numbers are not one platform's alone


def by(column, value):
    """Returns the carrier, or None: one that is closed counts as none."""
    for carrier in CARRIERS:
        if str(getattr(carrier, column)) == str(value) and carrier.open:
            return carrier
    return None


def number_of(carrier, shop, serial):
    """A waybill number as that carrier's look, that no other waybill of the stand-in has."""
    prefix = {"SF": "SF1", "YTO": "YT", "ZTO": "7", "STO": "77", "YUNDA": "4", "JT": "JT", "EMS": "9"}.get(carrier, "1")
    platform = PLATFORMS.index(shop.key.split("-")[0]) + 1
    return f"{prefix}{platform}{shop.number:03}{serial:09}"
