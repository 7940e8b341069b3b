// Where provinces lie, roughly: a schematic map of equal squares, columns from the west and rows from the north.

/** [name, short name, English, code of ISO 3166-2:CN, column, row] @type {[string, string, string, string, number, number][]} */
export const places = [
  ["黑龙江省", "黑龙江", "Heilongjiang", "HL", 9, 1],
  ["新疆维吾尔自治区", "新疆", "Xinjiang", "XJ", 1, 2], ["内蒙古自治区", "内蒙古", "Inner Mongolia", "NM", 6, 2], ["吉林省", "吉林", "Jilin", "JL", 9, 2],
  ["甘肃省", "甘肃", "Gansu", "GS", 3, 3], ["宁夏回族自治区", "宁夏", "Ningxia", "NX", 4, 3], ["山西省", "山西", "Shanxi", "SX", 6, 3], ["北京市", "北京", "Beijing", "BJ", 7, 3], ["天津市", "天津", "Tianjin", "TJ", 8, 3], ["辽宁省", "辽宁", "Liaoning", "LN", 9, 3],
  ["青海省", "青海", "Qinghai", "QH", 2, 4], ["陕西省", "陕西", "Shaanxi", "SN", 5, 4], ["河南省", "河南", "Henan", "HA", 6, 4], ["河北省", "河北", "Hebei", "HE", 7, 4], ["山东省", "山东", "Shandong", "SD", 8, 4],
  ["西藏自治区", "西藏", "Xizang", "XZ", 2, 5], ["四川省", "四川", "Sichuan", "SC", 3, 5], ["重庆市", "重庆", "Chongqing", "CQ", 4, 5], ["湖北省", "湖北", "Hubei", "HB", 6, 5], ["安徽省", "安徽", "Anhui", "AH", 7, 5], ["江苏省", "江苏", "Jiangsu", "JS", 8, 5], ["上海市", "上海", "Shanghai", "SH", 9, 5],
  ["云南省", "云南", "Yunnan", "YN", 3, 6], ["贵州省", "贵州", "Guizhou", "GZ", 4, 6], ["湖南省", "湖南", "Hunan", "HN", 6, 6], ["江西省", "江西", "Jiangxi", "JX", 7, 6], ["浙江省", "浙江", "Zhejiang", "ZJ", 8, 6],
  ["广西壮族自治区", "广西", "Guangxi", "GX", 5, 7], ["广东省", "广东", "Guangdong", "GD", 6, 7], ["福建省", "福建", "Fujian", "FJ", 7, 7], ["台湾省", "台湾", "Taiwan", "TW", 9, 7],
  ["海南省", "海南", "Hainan", "HI", 5, 8], ["澳门特别行政区", "澳门", "Macao", "MO", 6, 8], ["香港特别行政区", "香港", "Hong Kong", "HK", 7, 8],
];
