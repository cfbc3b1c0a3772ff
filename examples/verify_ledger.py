"""Is an exported ledger whole? · Nhật ký đã xuất có nguyên vẹn không? Needs nothing but Python.

    python verify_ledger.py EXPORT [KEPT ...]        exit code 0: whole, 1: not

EXPORT: by `tinhso ledger export`. KEPT: heads you downloaded before. RFC 9162 2.1, 8032 5.1, 8785.
"""

import json
import sys
from hashlib import sha256, sha512
from pathlib import Path

CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)


def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, y, z, t = f - e, d + c, d - c, f + e
    return x * z % P, y * t % P, z * y % P, x * t % P


def times(n, point):
    total = (0, 1, 1, 0)
    while n:
        total, point, n = add(total, point) if n & 1 else total, add(point, point), n >> 1
    return total


def decoded(data):
    y, sign = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT_OF_MINUS_1 % P
    if len(data) != 32 or y >= P or x * x % P != square or (not x and sign):
        raise ValueError("not a point")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def signed(public, signature, data):
    try:
        key, r, s = bytes.fromhex(public), bytes.fromhex(signature[:64]), signature[64:]
        (x, y, z, t), n = decoded(key), int.from_bytes(bytes.fromhex(s), "little")
    except (ValueError, IndexError):
        return False
    h = int.from_bytes(sha512(r + key + data).digest(), "little") % L
    x, y, z, _ = add(times(n, decoded(b"X" + b"f" * 31)), times(h, (P - x, y, z, P - t)))
    x, y = x * pow(z, -1, P) % P, y * pow(z, -1, P) % P
    return n < L and len(s) == 64 and r == (y | (x & 1) << 255).to_bytes(32, "little")


def problems(export, kept):
    keys, peaks, size, covered, lost = {}, [], 0, 0, 0
    for one in map(json.loads, export):
        heads = [one["head"]] if "head" in one else []
        if key := one.get("key"):
            by, raw = keys.get(key["endorsed_by"], ""), bytes.fromhex(key["public"])
            if keys and not signed(by, key["signature"], b"tinhso-ledger-key-1\n" + raw):
                yield f"key {key['key']} is not endorsed / khóa không được bảo đảm"
            keys[sha256(raw).hexdigest()[:16]] = key["public"]
        elif entry := one.get("entry"):
            heads = kept.pop(size + 1, [])
            if one["index"] != size + lost:
                yield f"entry {size + lost} is not in its place / mục số {size + lost} mất hoặc sai chỗ"
                lost = one["index"] - size
            data = one.get("salt", "").encode() + b"\x1f" + CANONICAL(one.get("details")).encode()
            if one.get("salt") and sha256(data).hexdigest() != entry["details"]:
                yield f"details of entry {size} were altered / chi tiết mục {size} đã bị sửa"
            level, found, size = 0, sha256(b"\x00" + CANONICAL(entry).encode()).digest(), size + 1
            while peaks and peaks[-1][0] == level:
                level, found = level + 1, sha256(b"\x01" + peaks.pop()[1] + found).digest()
            peaks.append((level, found))
        for head in heads:
            root = peaks[-1][1] if peaks else b""
            for _, left in peaks[-2::-1]:
                root = sha256(b"\x01" + left + root).digest()
            data = CANONICAL({name: head[name] for name in ("at", "root", "size")})
            data = b"tinhso-ledger-head-1\n" + data.encode()
            if not signed(keys.get(head["key"], ""), head["signature"], data):
                yield f"head {head['size']} is signed wrongly / đầu cây cỡ {head['size']} ký sai"
            if (head["size"], head["root"]) != (size, root.hex()):
                yield f"entries {covered}-{size - 1} are not those of head {head['size']} / đã đổi"
            covered = size
    if covered != size:
        yield f"no head covers entries {covered}-{size - 1} / không đầu cây nào bao gồm các mục ấy"
    for larger in sorted(kept):
        yield f"the log ends at {size}, you kept head {larger}: it was cut / nhật ký đã bị cắt"
    print(f"{size} entries / mục; keys / khóa: {', '.join(keys)}")


own = {}
for line in "".join(Path(path).read_text() for path in sys.argv[2:]).splitlines():
    own.setdefault(json.loads(line)["size"], []).append(json.loads(line))
with Path(sys.argv[1]).open(encoding="utf-8") as file:
    wrong = list(problems(file, own))
print("\n".join(wrong) or "WHOLE / NGUYÊN VẸN")
sys.exit(bool(wrong))
