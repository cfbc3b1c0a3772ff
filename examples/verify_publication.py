"""Is an exported publication what was published? · Gói công bố có đúng không? Needs nothing but Python.

    python verify_publication.py FOLDER [HEAD ...]        exit code 0: whole, 1: not

FOLDER: the unpacked ZIP of `tinhso publication export`. HEAD: files of tree heads that you kept, a JSON a
line, as the Ledger page gives them; their signatures: verify_ledger.py. RFC 9162 2.1.3.2, 8785.
"""

import csv
import json
import sys
from fractions import Fraction
from hashlib import sha256
from pathlib import Path


def problems(folder, kept):
    """Every way in which the archive is not what the ledger says was published."""
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        if sha256((folder / name).read_bytes()).hexdigest() != digest:
            yield f"{name} was altered / đã bị sửa"
    raw = (folder / "publication.json").read_bytes()
    about, ledger = json.loads(raw), json.loads((folder / "ledger.json").read_bytes())
    for name, digest in about["files"].items():
        if sha256((folder / name).read_bytes()).hexdigest() != digest:
            yield f"{name} is not what was published / không phải bản đã công bố"
    with (folder / "values.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["status"] == "measured":
            parts = Fraction(int(row["numerator"]), int(row["denominator"] or 1))
            if Fraction(row["value_exact"]) != parts:
                yield f"{row['indicator']} {row['unit']}: the value is not its parts / giá trị sai"
    if not ledger["entry"] or ledger["entry"]["thing"] != f"sha256:{sha256(raw).hexdigest()}":
        yield "the ledger's entry names another content / mục nhật ký nêu nội dung khác"
    elif ledger["waiting"]:
        yield "no signed head covers the entry yet / mục chưa có đầu cây ký"
    elif ledger["head"]["root"] != root(ledger):
        yield "the proof does not lead to the head / bằng chứng không dẫn tới đầu cây"
    elif any(h["size"] == ledger["head"]["size"] and h["root"] != root(ledger) for h in kept):
        yield "the head is not the one you kept / đầu cây khác bản bạn giữ"
    note = "SIMULATED DATA / SỐ LIỆU MÔ PHỎNG" if about["simulated"] else ""
    print(about["publication"], f"{len(rows)} cells / ô", note)


def root(ledger):
    entry = json.dumps(ledger["entry"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    found, at, last = (
        sha256(b"\x00" + entry.encode()).digest(),
        ledger["index"],
        ledger["head"]["size"] - 1,
    )
    for one in map(bytes.fromhex, ledger["path"]):
        if at & 1 or at == last:
            found = sha256(b"\x01" + one + found).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = sha256(b"\x01" + found + one).digest()
        at, last = at >> 1, last >> 1
    return found.hex() if last == 0 else ""


if len(sys.argv) < 2 or not (Path(sys.argv[1]) / "SHA256SUMS").is_file():
    sys.exit("Name the folder of the unpacked archive / Nêu thư mục đã giải nén của gói")
heads = [json.loads(line) for path in sys.argv[2:] for line in Path(path).read_text().splitlines()]
wrong = list(problems(Path(sys.argv[1]), heads))
print("\n".join(wrong) or "WHOLE / NGUYÊN VẸN")
sys.exit(bool(wrong))
