// The page's own fixed words, in English and Chinese, from one table. What a station says comes from the box in both.

import { signal } from "@preact/signals-core";

const table = {
  scan_activity: ["Choose what to do", "选择作业"],
  scan_badge: ["Scan your badge", "请扫工牌"],
  scan_box: ["Scan the box", "扫描包装箱"],
  scan_code: ["Scan the unknown code", "扫描未知条码"],
  scan_command: ["Scan a command", "扫描指令"],
  scan_document: ["Scan the document", "扫描单据"],
  scan_expiry: ["Scan the expiry date", "扫描有效期"],
  scan_gate: ["Scan the gate", "扫描出口"],
  scan_grade: ["Scan the grade", "扫描等级"],
  scan_item: ["Scan the item", "扫描商品"],
  scan_location: ["Scan the location", "扫描库位"],
  scan_lot: ["Scan the lot", "扫描批次"],
  scan_parcel: ["Scan the parcel", "扫描包裹"],
  scan_plate: ["Scan the tote or pallet", "扫描周转箱或托盘"],
  scan_quantity: ["Scan the quantity", "扫描数量"],
  scan_serial: ["Scan the serial number", "扫描序列号"],
  scan_slot: ["Scan the slot", "扫描格口"],
  scan_stage: ["Scan the stage", "扫描集货区"],
  scan_supervisor: ["Scan a supervisor's badge", "请扫主管工牌"],
  scan_tote: ["Scan the tote", "扫描周转箱"],
  scan_wall: ["Scan the put-wall", "扫描播种墙"],
  scan_waybill: ["Scan the waybill", "扫描面单"],
  scan_weight: ["Put it on the scale", "放到秤上"],
  scan_zone: ["Scan the zone", "扫描区域"],
  scan_nothing: ["Wait", "请稍候"],

  chooseStation: ["Choose a station", "选择工作站"],
  noStation: ["No station is set up: add one to the configuration", "尚未设置工作站:请在配置中添加"],
  nobody: ["Nobody signed in", "未登录"],
  input: ["Scan, or type + Enter", "扫描,或输入后按回车"],
  soundOff: ["Tap for sound", "点击开启声音"],
  linkUp: ["Head office", "总部"],
  linkDown: ["Offline", "离线"],
  toSend: ["to send", "待上传"],
  alarm_fenced: ["Head office: refused", "总部:拒绝接收"],
  alarm_parked: ["Head office: changes parked", "总部:变更未执行"],
  alarm_late: ["Not sent for 10 min", "超过 10 分钟未上传"],
  syncLink: ["Broker", "消息服务器"],
  syncOffice: ["Head office", "总部"],
  syncEvents: ["Last event", "最后事件"],
  syncOutbox: ["To send", "待上传"],
  syncApplied: ["Acknowledged", "总部已确认"],
  syncDurable: ["In head office's backup", "总部已备份"],
  syncFeed: ["Changes here", "已收变更"],
  syncParked: ["Changes parked", "未执行变更"],
  linkThere: ["connected", "已连接"],
  linkAway: ["not connected", "未连接"],
  linkStopped: ["the link does not run", "连接程序未运行"],
  officeThere: ["there", "在线"],
  officeAway: ["not there", "不在线"],
  officeUnknown: ["not known", "未知"],
  since: ["since", "自"],
  epoch: ["epoch", "纪元"],
  oldest: ["oldest", "最早"],
  seconds: ["s", "秒"],
  minutes: ["min", "分钟"],
  hours: ["h", "小时"],
  days: ["d", "天"],
  close: ["Close", "关闭"],
  printerReady: ["Printer", "打印机"],
  printerOffline: ["Printer offline", "打印机离线"],
  printerBusy: ["Printing", "打印中"],
  printerUnknown: ["Printer silent", "打印机无应答"],
  printerPaused: ["Printer paused", "打印机已暂停"],
  printerFault: ["Printer fault", "打印机故障"],
  scaleStable: ["Scale", "电子秤"],
  scaleMotion: ["Scale moving", "秤未稳定"],
  scaleUnderZero: ["Scale below zero", "秤低于零"],
  scaleOverRange: ["Scale overloaded", "秤超载"],
  scaleBusy: ["Scale busy", "秤忙"],
  scaleFault: ["Scale fault", "秤故障"],
  scaleOffline: ["Scale offline", "秤离线"],
  scaleUnknown: ["Scale silent", "秤无应答"],
  training: ["Training: nothing counts", "练习模式:不计入库存"],
  sending: ["waiting", "等待中"],
  label: ["Label", "面单"],
  copy: ["copy", "副本"],
  label_queued: ["Waits", "等待打印"],
  label_sending: ["Printing", "打印中"],
  label_sent: ["Sent", "已发送"],
  label_printed: ["Printed", "已打印"],
  label_unknown: ["Uncertain", "未确认"],
  label_failed: ["Not printed", "未打印"],
  label_void: ["Void", "已作废"],
  connecting: ["Connecting", "正在连接"],

  lost: ["Connection to the box lost", "与主机断开"],
  lostMore: ["Scans are not taken until it is back", "恢复前扫描无效"],
  refusedLost: ["Not taken: no connection. Scan it again later", "未接收:连接断开,请稍后重扫"],
  refusedFull: ["Not taken: too fast. Scan it again", "未接收:太快,请重扫"],
  refusedBusy: ["Not taken: the box is busy. Scan it again", "未接收:主机繁忙,请重扫"],
  refusedOther: ["Not taken by the box", "主机未接收"],
  refusedBefore: ["Not taken: the scan before it failed", "未接收:前一次扫描失败"],
  unsure: ["No answer: check the screen before you scan again", "无应答:请先核对屏幕再扫描"],
};

export const languages = [
  { id: "en", name: "English" },
  { id: "zh", name: "中文" },
];

const remembered = (() => {
  try {
    return localStorage.getItem("language");
  } catch {
    return null; // storage may be forbidden: then the browser's language decides each time
  }
})();

export const language = signal(
  languages.some((known) => known.id === remembered)
    ? remembered
    : navigator.language.startsWith("zh") ? "zh" : "en",
);

/** @param {string} id */
export function rememberLanguage(id) {
  language.value = id;
  document.documentElement.lang = id;
  try {
    localStorage.setItem("language", id);
  } catch {
    // as above
  }
}

/** One of the page's own words; both(key) has it in each language. @param {string} key */
export function say(key) {
  return both(key)?.[language.value] ?? "";
}

/** @param {string} key @returns {{en: string, zh: string} | null} */
export function both(key) {
  return key in table ? { en: table[key][0], zh: table[key][1] } : null;
}
