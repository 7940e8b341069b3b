"""The settlement files of the platforms, from the ledger, and with what is wrong with such files in practice."""

import csv
import io
import time
import types

from platforms.calls import yuan
from platforms.clock import CHINA, local, read_local

DAY = 86400

# What each file calls the three kinds of rows there are.
WORDS = {
    "alipay": {"sale": "在线支付", "commission": "收费", "refund": "交易退款"},
    "alipay_business": {"sale": "交易", "commission": "收费", "refund": "退款"},
    "jd": {"sale": "货款", "commission": "佣金", "refund": "货款退款"},
    "pdd": {"sale": "交易收入", "commission": "技术服务费", "refund": "退款"},
    "douyin": {"sale": "订单结算", "commission": "平台服务费", "refund": "结算后退款"},
}


def plus(amount):
    return yuan(amount) if amount > 0 else ""


def minus(amount):
    return yuan(amount) if amount < 0 else ""


def alipay(row, word, balance, shop):
    return {"账务流水号": row["flow"], "业务流水号": f"2024{row['flow']}", "商户订单号": row["order"], "商品名称": "T恤, <夏>", "发生时间": local(row["at"]),
            "对方账号": "138****1234", "收入金额（+元）": plus(row["amount"]), "支出金额（-元）": minus(row["amount"]), "账户余额（元）": yuan(balance),
            "交易渠道": "支付宝", "业务类型": word, "备注": ""}


def alipay_business(row, word, balance, shop):
    zero = dict.fromkeys(("支付宝红包（元）", "集分宝（元）", "支付宝优惠（元）", "商家优惠（元）", "券核销金额（元）"), "0.00")
    return {"支付宝交易号": f"2024{row['flow']}", "商户订单号": row["order"], "业务类型": word, "商品名称": "T恤, <夏>", "创建时间": local(row["at"]),
            "完成时间": local(row["at"]), "门店编号": "", "门店名称": "", "操作员": "", "终端号": "", "对方账户": "138****1234",
            "订单金额（元）": yuan(row["amount"]), "商家实收（元）": yuan(row["amount"]), **zero, "券名称": "", "商家红包消费金额（元）": "0.00",
            "卡消费金额（元）": "0.00", "退款批次号/请求号": row["flow"] if row["kind"] == "refund" else "", "服务费（元）": "0.00", "分润（元）": "0.00",
            "备注": ""}


def jd(row, word, balance, shop):
    order = shop.order(row["order"])
    return {"订单编号": "'" + row["order"], "单据编号": row["flow"], "单据类型": "订单" if row["kind"] != "refund" else "取消退款单",
            "商品编号": order.lines[0].sku.id, "商户订单号": row["order"], "商品名称": order.lines[0].sku.title, "结算状态": "已结算",
            "费用发生时间": local(row["at"]), "费用计费时间": local(row["at"]), "费用结算时间": local(row["at"]), "费用项": word,
            "金额": yuan(row["amount"]), "币种": "CNY", "商家应收/应付": "应收" if row["amount"] >= 0 else "应付", "钱包结算备注": "",
            "店铺号": shop.number, "京东门店编号": "", "品牌门店编号": "", "门店名称": "", "备注": "", "收支方向": "收入" if row["amount"] >= 0 else "支出",
            "商品数量": order.lines[0].count, "账单日期": time.strftime("%Y%m%d", time.gmtime(row["at"] + CHINA))}


def pdd(row, word, balance, shop):
    return {"商户订单号": "\t" + row["order"], "发生时间": local(row["at"]), "收入金额（+元）": plus(row["amount"]), "支出金额（-元）": minus(row["amount"]),
            "账务类型": word, "备注": f"流水 {row['flow']}", "业务描述": word}


def douyin(row, word, balance, shop):
    order, sale = shop.order(row["order"]), row["kind"] == "sale"
    zero = dict.fromkeys(("实际平台补贴", "实际达人补贴", "实际抖音支付补贴"), "0.00")
    fees = dict.fromkeys(("渠道分成", "招商服务费", "站外推广费", "其他分成"), "0.00")
    return {"动账时间": local(row["at"]), "动账流水号": "`" + row["flow"], "动账方向": "入账" if row["amount"] >= 0 else "出账",
            "动账金额": yuan(abs(row["amount"])), "动账账户": "聚合账户", "动账场景": word, "动账摘要": word, "计费类型": "", "子订单号": "`" + row["line"],
            "订单号": "`" + row["order"], "售后编号": "", "下单时间": local(order.created), "商品ID": order.lines[0].sku.item.id,
            "商品名称": order.lines[0].sku.title, "订单实付应结": yuan(row["amount"] if sale else 0), "运费实付": "0.00", **zero,
            "订单退款": yuan(row["amount"] if row["kind"] == "refund" else 0), "平台服务费": yuan(row["amount"] if row["kind"] == "commission" else 0),
            "佣金": "0.00", **fees, "备注": ""}


RENDER = {"alipay": alipay, "alipay_business": alipay_business, "jd": jd, "pdd": pdd, "douyin": douyin}
PLATFORM = {"alipay": "taobao", "alipay_business": "taobao"}


def rows_of(shop, day):
    """The ledger's rows of a day in China (yyyy-mm-dd)."""
    start = read_local(f"{day} 00:00:00")
    return sorted((row for row in shop.bills if start <= row["at"] < start + DAY), key=lambda row: (row["at"], row["flow"]))


def table(kind, shop, rows, options):
    """Returns (columns, rows as text). insert: {position: name} of columns that no reader knows; unknown: a word for the last row's kind;
    twice: whether the first row comes again."""
    balance, told = 0, []
    for row in rows:
        balance += row["amount"]
        told.append(RENDER[kind](row, WORDS[kind][row["kind"]], balance, shop))
    if told and options.get("unknown"):
        name = next(name for name in ("业务类型", "费用项", "账务类型", "动账场景") if name in told[-1])
        told[-1][name] = options["unknown"]
    if told and options.get("twice"):
        told.append(told[0])
    columns = list(RENDER[kind]({"flow": "", "order": "", "line": "", "at": 0, "kind": "sale", "amount": 0}, "", 0, nothing()))
    for position, name in sorted((int(position), name) for position, name in (options.get("insert") or {}).items()):
        columns.insert(position, name)
    return columns, [[str(row.get(name, "新增")) for name in columns] for row in told]


def nothing():
    """A shop with one empty order, so that the columns of an empty file are known."""
    item = types.SimpleNamespace(id=0, title="")
    line = types.SimpleNamespace(sku=types.SimpleNamespace(id=0, title="", item=item), count=0)
    order = types.SimpleNamespace(lines=[line], created=0)
    return types.SimpleNamespace(number=0, order=lambda _order_id: order)


def totals(rows, options):
    """(count and sum of what came in, of what went out); wrong by a fen where that is asked for."""
    gains, losses = [row["amount"] for row in rows if row["amount"] >= 0], [row["amount"] for row in rows if row["amount"] < 0]
    off = 1 if options.get("total") == "wrong" else 0
    return (len(gains), sum(gains) + off), (len(losses), sum(losses))


def write(kind, shop, day, options=None):
    """Returns the file's bytes. encoding: gbk, utf-8 or utf-8-sig; total: right, wrong or none; and as table()."""
    options = options or {}
    rows = rows_of(shop, day)
    columns, told = table(kind, shop, rows, options)
    text = io.StringIO()
    hashed, padded = kind.startswith("alipay"), kind.startswith("alipay")
    (gains, gained), (losses, lost) = totals(rows, options)
    if hashed:
        text.write(f"#支付宝账务明细查询\r\n#账号：[20880000{shop.number:08}0156]\r\n#起始日期：[{day} 00:00:00]   终止日期：[{day} 24:00:00]\r\n"
                   "#-----------------------------------------账务明细列表----------------------------------------\r\n")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in told:
        writer.writerow([value + "\t" for value in row] if padded else row)
    if options.get("total") != "none":
        if hashed:
            text.write("#-----------------------------------------账务明细列表结束------------------------------------\r\n"
                       f"#支出合计：{losses}笔，共{yuan(lost)}元\r\n#收入合计：{gains}笔，共{yuan(gained)}元\r\n#导出时间：[{day} 23:59:59]\r\n")
        elif kind in ("jd", "pdd") and options.get("total"):
            writer.writerow(total_line(kind, columns, gained, lost))
    return text.getvalue().encode(options.get("encoding") or ("gbk" if hashed else "utf-8-sig"), "replace")


def total_line(kind, columns, gained, lost):
    sums = {"商户订单号": "合计", "订单编号": "合计", "收入金额（+元）": yuan(gained), "支出金额（-元）": yuan(lost), "金额": yuan(gained + lost)}
    return [sums.get(name, "") if kind == "jd" or name != "订单编号" else "" for name in columns]
