"""AES-128-CBC by the system's libcrypto, as Kuaishou's pushes need it: the standard library has none."""

import base64
import ctypes
import ctypes.util

libcrypto = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")
libcrypto.EVP_CIPHER_CTX_new.restype = ctypes.c_void_p
libcrypto.EVP_aes_128_cbc.restype = ctypes.c_void_p
BLOCK = 16


def cbc(key, data, encrypt, iv=bytes(BLOCK)):
    """Whole blocks in, whole blocks out: padding is the caller's."""
    context = ctypes.c_void_p(libcrypto.EVP_CIPHER_CTX_new())
    out, length = ctypes.create_string_buffer(len(data) + BLOCK), ctypes.c_int()
    try:
        done = (libcrypto.EVP_CipherInit_ex(context, ctypes.c_void_p(libcrypto.EVP_aes_128_cbc()), None, key, iv, int(encrypt)) == 1 and
                libcrypto.EVP_CIPHER_CTX_set_padding(context, 0) == 1 and
                libcrypto.EVP_CipherUpdate(context, out, ctypes.byref(length), data, len(data)) == 1)
    finally:
        libcrypto.EVP_CIPHER_CTX_free(context)
    if not done or length.value != len(data):
        raise ValueError("libcrypto did not take it")
    return out.raw[:length.value]


def seal(secret, text, padding="good"):
    """secret: Base64 of the key. padding "bad" is no PKCS#7: what a receiver with the wrong key would find, too."""
    data = text.encode()
    missing = BLOCK - len(data) % BLOCK
    data += bytes([missing] * missing) if padding == "good" else bytes([0] * missing)
    return base64.b64encode(cbc(base64.b64decode(secret), data, True)).decode()


def unseal(secret, text):
    data = cbc(base64.b64decode(secret), base64.b64decode(text), False)
    if not 1 <= data[-1] <= BLOCK or data[-data[-1]:] != bytes([data[-1]] * data[-1]):
        raise ValueError("the padding is wrong")
    return data[:-data[-1]].decode()
