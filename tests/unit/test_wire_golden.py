#!/usr/bin/env python3
"""tests/unit/wire_golden.h holds what the Python of tests/wire_frame.py makes: test_chain.c, test_wire.c and test_wire_frame.c compare
it with what our C makes. Does not run any C. With --write it makes the file anew."""

import pathlib
import re
import sys
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import wire_frame as wire  # noqa: E402
from tap import Tap  # noqa: E402

HEADER = ROOT / "tests/unit/wire_golden.h"
TOP = """/* Made by tests/unit/test_wire_golden.py --write with hashlib, zlib and an Ed25519 of its own. Hex. */
#ifndef TESTS_UNIT_WIRE_GOLDEN_H
#define TESTS_UNIT_WIRE_GOLDEN_H

/* clang-format off */
"""
BOTTOM = "\n#endif\n"

# RFC 8032, 7.1: seed, public key, message, signature.
RFC_8032 = (
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
)
SEED = bytes.fromhex(RFC_8032[0][0])
NONCE = "k3v7q2m9x4c8b1n6z5t0r2w7ya"
LINES = (b'{"sku":"tea"}', b"", '{"sku":"\u8336"}'.encode(), bytes(range(256)), b"x" * 65536)


def chain_values():
    """The hash of every step from nothing over LINES in epoch 3, and of the epoch that goes on from there."""
    value = wire.chain_begin("hz-07", 3, 0, 0, None, NONCE)
    yield "chain_begun", value
    for number, line in enumerate(LINES, 18842):
        value = wire.chain_next(value, 3, number, line)
        yield f"chain_{number}", value
    yield "chain_continued", wire.chain_begin("hz-07", 4, 3, 18846, value, NONCE)
    yield "chain_of_no_names", wire.chain_begin("", 2**32 - 1, 2**32 - 1, 2**63 - 1, value, "")


def frame_values():
    line = b'{"sku":"tea"}\n'
    hashes = {"prev_hash": bytes(range(32)), "last_hash": bytes(range(32, 64)), "key_id": bytes(range(64, 72))}
    yield "frame_stored", wire.frame(SEED, line, first_seq=18842, sent_ms=1772615722481, **hashes)
    yield "frame_deflated", wire.frame(SEED, line * 200, first_seq=9999999999999800, deflate=True, **hashes)
    yield "frame_down", wire.frame(SEED, line * 2, kind=wire.DOWN, epoch=0, box=NONCE, **hashes)
    yield "frame_chunk", wire.frame(SEED, line * 2, kind=wire.CHUNK, epoch=0, box=NONCE, first_seq=7)
    # Any deflate will do: here one that stores.
    stored = b"\x01" + len(line).to_bytes(2, "little") + (0xFFFF - len(line)).to_bytes(2, "little") + line
    yield "frame_other_deflate", wire.frame(SEED, line, deflate=True, body=stored)


def values():
    yield "golden_seed", SEED
    yield "golden_public_key", wire.public_key(SEED)
    for number, (_, _, message, signature) in enumerate(RFC_8032, 1):
        yield f"rfc8032_{number}_seed", bytes.fromhex(RFC_8032[number - 1][0])
        yield f"rfc8032_{number}_public", bytes.fromhex(RFC_8032[number - 1][1])
        yield f"rfc8032_{number}_message", bytes.fromhex(message)
        yield f"rfc8032_{number}_signature", bytes.fromhex(signature)
    yield from chain_values()
    yield from frame_values()
    yield "golden_key_id", wire.key_id(wire.public_key(SEED))
    yield "control_signed", wire.signed(SEED, '{"type":"io.floorhand.sync.fack.v1","data":{"seq":4}}').encode()


def written(name, data):
    text = data.hex()
    pieces = [f'    "{text[at:at + 100]}"' for at in range(0, len(text), 100)] or ['    ""']
    return f"\nstatic const char {name}[] =\n" + "\n".join(pieces) + ";\n"


def read_header():
    """{name: bytes} of the file."""
    found = re.findall(r"char (\w+)\[\] =\n([^;]*);", HEADER.read_text(encoding="utf-8"))
    return {name: bytes.fromhex("".join(re.findall(r'"([0-9a-f]*)"', text))) for name, text in found}


def same(stored, made):
    """Whether both are the same, deflate apart: other versions of zlib may make other bytes of the same lines."""
    if stored == made or not made.startswith(b"FSG1") or not stored:
        return stored == made
    header, body = stored[:208], stored[208:]
    return (header[:60] == made[:60] and header[64:144] == made[64:144] and
            int.from_bytes(header[60:64], "little") == len(body) and
            header[144:] == wire.signature(SEED, header, body) and
            zlib.decompress(body, -15) == zlib.decompress(made[208:], -15))


def main():
    if "--write" in sys.argv:
        HEADER.write_text(TOP + "".join(written(*value) for value in values()) + BOTTOM, encoding="utf-8")
    tap = Tap()
    tap.check("the Ed25519 of the tests is RFC 8032's",
              [f"vector {number} fails" for number, (seed, public, message, signature) in enumerate(RFC_8032, 1)
               if wire.public_key(bytes.fromhex(seed)).hex() != public
               or wire.sign(bytes.fromhex(seed), bytes.fromhex(message)).hex() != signature])
    stored = read_header()
    tap.check("the file holds what Python makes",
              [f"{name}: run {pathlib.Path(__file__).name} --write" for name, made in values()
               if not same(stored.get(name), made)])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
