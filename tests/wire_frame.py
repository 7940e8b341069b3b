"""The hash chain and the frame FSG1 once more, as docs/protocol.md says them, with nothing of the programs in them: what
both agree on is right. Ed25519 is RFC 8032's arithmetic, slow and not for secrets."""

import hashlib
import struct
import zlib

# ---------------------------------------------------------------- Ed25519

FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, -1, FIELD) % FIELD
BASE = (15112221349535400772501151409588531511454012693041857206046113283949847762202, 4 * pow(5, -1, FIELD) % FIELD)


def add(p, q):
    """Two points of the curve -x^2 + y^2 = 1 + d x^2 y^2."""
    cross = CURVE_D * p[0] * q[0] * p[1] * q[1] % FIELD
    return ((p[0] * q[1] + p[1] * q[0]) * pow(1 + cross, -1, FIELD) % FIELD,
            (p[1] * q[1] + p[0] * q[0]) * pow(1 - cross, -1, FIELD) % FIELD)


def times(number, point):
    total = (0, 1)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def as_bytes(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def as_number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def secret_number(seed):
    return int.from_bytes(hashlib.sha512(seed).digest()[:32], "little") & (1 << 254) - 8 | 1 << 254


def public_key(seed):
    return as_bytes(times(secret_number(seed), BASE))


def sign(seed, message):
    public, blind = public_key(seed), as_number(hashlib.sha512(seed).digest()[32:], message) % ORDER
    start = as_bytes(times(blind, BASE))
    answer = (blind + as_number(start, public, message) * secret_number(seed)) % ORDER
    return start + answer.to_bytes(32, "little")


def key_id(public):
    return hashlib.blake2b(public, digest_size=16).digest()[:8]


# ---------------------------------------------------------------- a control message


def signed(seed, message):
    """The message with the writer's key and the signature of all before it as its last two members."""
    text = message[:-1] + f',"key":"{public_key(seed).hex()}'
    return f'{text}","sig":"{sign(seed, text.encode()).hex()}"}}'


# ---------------------------------------------------------------- the chain


def hash_256(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def counted(text):
    data = text.encode()
    return struct.pack("<I", len(data)) + data


def chain_begin(name, epoch, base_epoch, base_seq, base_hash, nonce):
    return hash_256(b"floorhand-epoch" + counted(name) + struct.pack("<IIQ", epoch, base_epoch, base_seq) +
                    (base_hash or bytes(32)) + counted(nonce))


def chain_next(before, epoch, seq, line):
    return hash_256(before + struct.pack("<IQ", epoch, seq) + line)


# ---------------------------------------------------------------- the frame

UP, DOWN, CHUNK = 1, 2, 3


def name_16(name):
    return hashlib.blake2b(name.encode(), digest_size=16).digest()


def deflated(raw):
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, 8)
    return packer.compress(raw) + packer.flush()


def signature(seed, header, body):
    return sign(seed, header[:144] + hashlib.blake2b(body).digest())


def frame(seed, raw, *, kind=UP, epoch=3, first_seq=1, site="hz-07", box="box-7f3a", prev_hash=bytes(32), last_hash=bytes(32),
          sent_ms=0, key_id=bytes(8), deflate=False, body=None, raw_length=None):
    """A frame of the lines in raw; or with any other body, which says that it inflates to raw_length."""
    body = body or (deflated(raw) if deflate else raw)
    header = struct.pack("<4sBBH16s16sIIQII32s32sQ8s", b"FSG1", kind, int(deflate), 208, name_16(site), name_16(box), epoch,
                         raw.count(b"\n"), first_seq, raw_length or len(raw), len(body), prev_hash, last_hash, sent_ms, key_id)
    return header + signature(seed, header, body) + body


def lines_of(framed):
    """The lines of a frame, without looking at who signed it."""
    flags, raw_length = framed[5], struct.unpack_from("<I", framed, 56)[0]
    raw = zlib.decompress(framed[208:], wbits=-15) if flags & 1 else framed[208:]
    if len(raw) != raw_length:
        raise ValueError(f"a frame of {len(raw)} bytes says that it has {raw_length}")
    return raw.splitlines()
