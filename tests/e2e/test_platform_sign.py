#!/usr/bin/env python3
"""`floorhand platform sign` as people run it: the vectors, any other parameters by rules written here once more, and its
sentences for bad input."""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

TOOL = pathlib.Path(ROOT, os.environ.get("OUT", "build"), "floorhand")
VECTORS = json.loads((ROOT / "tests/platforms/sign_vectors.json").read_text())


def sign(platform, question):
    text = question if isinstance(question, bytes) else json.dumps(question).encode()
    return subprocess.run([TOOL, "platform", "sign", platform], input=text, capture_output=True, timeout=60, check=False)


# ---------------------------------------------------------------- the rules once more


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def keyed(secret, text, name):
    return hmac.new(secret.encode(), text.encode(), name)


def flat(params, skip_empty):
    names = sorted((name for name in params if name != "sign"), key=str.encode)
    return "".join(name + params[name] for name in names if params[name] or not skip_empty)


def by_taobao(secret, method, params):
    text = flat(params, True)
    if method == "md5":
        return md5(secret + text + secret).upper()
    return keyed(secret, text, "md5" if method == "hmac" else "sha256").hexdigest().upper()


def by_jd(secret, _method, params):
    return md5(secret + flat(params, True) + secret).upper()


def by_pdd(secret, _method, params):
    return md5(secret + flat(params, False) + secret).upper()


def by_douyin(secret, method, params):
    names = ("app_key", "method", "param_json", "timestamp", "v")
    text = secret + "".join(name + params[name] for name in names) + secret
    return md5(text) if method == "md5" else keyed(secret, text, "sha256").hexdigest()


def by_kuaishou(secret, method, params):
    names = sorted((name for name in params if name != "sign"), key=str.encode)
    text = "&".join(f"{name}={params[name]}" for name in names) + "&signSecret=" + secret
    return md5(text) if method == "MD5" else base64.b64encode(keyed(secret, text, "sha256").digest()).decode()


RULES = {
    "taobao": (by_taobao, ("md5", "hmac", "hmac-sha256"), "sign_method"),
    "jd": (by_jd, ("md5",), None),
    "pdd": (by_pdd, ("md5",), None),
    "douyin": (by_douyin, ("md5", "hmac-sha256"), "sign_method"),
    "kuaishou": (by_kuaishou, ("MD5", "HMAC_SHA256"), "signMethod"),
}
LETTERS = ["a", "Z", "0", "_", "茶", "\u00e9", "\U0001f375", "&", "=", "<", ">", "+", "%", " ", '"', "\\", "\n", "~"]


def any_params(dice, platform):
    def text(least):
        return "".join(dice.choice(LETTERS) for _ in range(dice.randint(least, 12)))
    params = {text(1): text(0) for _ in range(dice.randint(0, 8))}
    params |= {"sign": "ABC", "360buy_param_json": "{}", "access_token": text(0)}
    if platform == "douyin":
        params |= {"app_key": "7", "method": "order.searchList", "param_json": text(2), "timestamp": "1", "v": "2"}
    return params


def test_vectors(tap):
    for vector in VECTORS:
        faults = []
        params = dict(vector["params"])
        method_name = RULES[vector["platform"]][2]
        questions = [{"secret": vector["secret"], "params": params}]
        if method_name:
            questions.append(questions[0] | {"sign_method": params[method_name]})
        for question in questions:
            done = sign(vector["platform"], question)
            if done.stdout.decode() != vector["sign"] + "\n" or done.stderr or done.returncode:
                faults.append(f"{question}: {done}")
        tap.check(f"vector {vector['id']}", faults)


def test_any(tap):
    dice = random.Random(7)
    for platform, (rule, methods, method_name) in RULES.items():
        faults = []
        for _ in range(40):
            secret, method = dice.choice(["s", "密钥 &=", "a" * 100]), dice.choice(methods)
            params = any_params(dice, platform)
            question = {"secret": secret, "params": params}
            if method_name and dice.random() < 0.5:
                params[method_name] = method
            else:
                question["sign_method"] = method
            done = sign(platform, question)
            if done.stdout.decode() != rule(secret, method, params) + "\n":
                faults.append(f"{question}: {done}, not {rule(secret, method, params)}")
        tap.check(f"{platform}: any other parameters are signed by its rule", faults[:3])


def test_values(tap):
    plain = sign("pdd", {"secret": "s", "params": {"a": "19.90", "b": "true", "c": "12345678901234567890"}})
    done = sign("pdd", b'{"secret":"s","sign_method":null,"params":{"a":19.90,"b":true,"c":12345678901234567890,"d":null}}')
    tap.check("numbers are signed as they are written, null not at all",
              [] if done.stdout == plain.stdout and not done.returncode else [f"{done}"])


def test_bad_input(tap):
    good = {"secret": "s", "params": {}}
    for platform, question, sentence, code in (
            ("amazon", good, '"amazon" is none of taobao, jd, pdd, douyin and kuaishou', 2),
            ("jd", b"", "this is no JSON", 1),
            ("jd", b'{"secret":"s","params":{', "this is no JSON", 1),
            ("jd", [], "an object with the text secret", 1),
            ("jd", {"params": {}}, "an object with the text secret", 1),
            ("jd", {"secret": "s", "params": []}, "an object with the text secret", 1),
            ("jd", good | {"sign_method": []}, "an object with the text secret", 1),
            ("jd", good | {"params": {"p": {}}}, '"p" is no text', 1),
            ("jd", good | {"sign_method": "hmac"}, 'there is no sign method "hmac" here: it is one of md5', 1),
            ("kuaishou", good | {"sign_method": "x"}, "one of MD5, HMAC_SHA256", 1)):
        done = sign(platform, question)
        said = done.stderr.decode()
        fine = done.returncode == code and not done.stdout and sentence in said and said.count("\n") == 1
        tap.check(f"refused: {sentence}", [] if fine else [f"exit code {done.returncode}, said {said!r}"])


def main():
    tap = Tap()
    test_vectors(tap)
    test_any(tap)
    test_values(tap)
    test_bad_input(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
