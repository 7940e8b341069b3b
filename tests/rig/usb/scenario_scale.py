"""A scale on HID, through libusb."""

import json

from rig.process import wait_until
from rig.usb.scenarios import rounds, scenario

SCALE = {"scale": "usb:0922:8003", "scale_protocol": "hid"}
WORD = "scale_protocol"


@scenario("a HID scale's weight reaches the station, comes and goes", needs=WORD)
def weight(stage):
    site = stage.site(bench_1=SCALE)
    for turn in range(rounds(10, 2)):
        scale = stage.bus.plug("scale", "scale")
        grams = 250 + turn
        scale.tell("weigh", f"4 2 0 {grams}")
        scale.wait_claimed()
        wait_until(lambda: str(grams) in json.dumps(site.view("bench-1").get("scale")), f"{grams} g are on the screen", 10)
        scale.unplug()
        scale.wait_gone()
        wait_until(lambda: str(grams) not in json.dumps(site.view("bench-1").get("scale")), "no weight is shown", 10)
    return []
