"""The signatures of the platforms, from their documents' rules and for what was received. Nothing here is taken from a connector."""

import base64
import hashlib
import hmac


def upper_md5(text):
    return hashlib.md5(text.encode()).hexdigest().upper()


def joined(params, skip_empty, without=("sign",)):
    """Names and values one after another, by the bytes of the names."""
    names = sorted((name for name in params if name not in without), key=lambda name: name.encode())
    return "".join(name + params[name] for name in names if params[name] or not skip_empty)


def top(secret, params, body=""):
    """Empty values are not signed. body: the raw body of a call that is no form, which the keyed methods sign, too."""
    text, key = joined(params, skip_empty=True) + body, secret.encode()
    method = params.get("sign_method", "md5")
    if method == "md5":
        return upper_md5(secret + text + secret)
    if method in ("hmac", "hmac-sha256"):
        return hmac.new(key, text.encode(), "md5" if method == "hmac" else "sha256").hexdigest().upper()
    return None


def jd(secret, params):
    return upper_md5(secret + joined(params, skip_empty=True) + secret)


def pdd(secret, params):
    """Also what is empty is signed."""
    return upper_md5(secret + joined(params, skip_empty=False) + secret)


def douyin(secret, params):
    """Five parameters, always; md5 where no method is named."""
    text = secret + "".join(name + params.get(name, "") for name in ("app_key", "method", "param_json", "timestamp", "v")) + secret
    if params.get("sign_method", "md5") == "md5":
        return hashlib.md5(text.encode()).hexdigest()
    if params["sign_method"] == "hmac-sha256":
        return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()
    return None


def kuaishou(secret, params):
    names = sorted(name for name in params if name != "sign")
    text = "&".join(f"{name}={params[name]}" for name in names) + f"&signSecret={secret}"
    if params.get("signMethod") == "MD5":
        return hashlib.md5(text.encode()).hexdigest()
    if params.get("signMethod") == "HMAC_SHA256":
        return base64.b64encode(hmac.new(secret.encode(), text.encode(), "sha256").digest()).decode()
    return None


def douyin_push(app_key, secret, body):
    return hashlib.md5(app_key.encode() + body + secret.encode()).hexdigest()


def webhook(secret, body):
    """Shopify's and WooCommerce's."""
    return base64.b64encode(hmac.new(secret.encode(), body, "sha256").digest()).decode()


def same(one, other):
    return isinstance(one, str) and isinstance(other, str) and hmac.compare_digest(one.encode(), other.encode())
