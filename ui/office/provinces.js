// Where provinces lie, roughly: a schematic map of equal squares, columns from the west and rows from the north.

/** [name, short name, English, column, row] @type {[string, string, string, number, number][]} */
export const places = [
  ["黑龙江省", "黑龙江", "Heilongjiang", 9, 1],
  ["新疆维吾尔自治区", "新疆", "Xinjiang", 1, 2], ["内蒙古自治区", "内蒙古", "Inner Mongolia", 6, 2], ["吉林省", "吉林", "Jilin", 9, 2],
  ["甘肃省", "甘肃", "Gansu", 3, 3], ["宁夏回族自治区", "宁夏", "Ningxia", 4, 3], ["山西省", "山西", "Shanxi", 6, 3], ["北京市", "北京", "Beijing", 7, 3], ["天津市", "天津", "Tianjin", 8, 3], ["辽宁省", "辽宁", "Liaoning", 9, 3],
  ["青海省", "青海", "Qinghai", 2, 4], ["陕西省", "陕西", "Shaanxi", 5, 4], ["河南省", "河南", "Henan", 6, 4], ["河北省", "河北", "Hebei", 7, 4], ["山东省", "山东", "Shandong", 8, 4],
  ["西藏自治区", "西藏", "Xizang", 2, 5], ["四川省", "四川", "Sichuan", 3, 5], ["重庆市", "重庆", "Chongqing", 4, 5], ["湖北省", "湖北", "Hubei", 6, 5], ["安徽省", "安徽", "Anhui", 7, 5], ["江苏省", "江苏", "Jiangsu", 8, 5], ["上海市", "上海", "Shanghai", 9, 5],
  ["云南省", "云南", "Yunnan", 3, 6], ["贵州省", "贵州", "Guizhou", 4, 6], ["湖南省", "湖南", "Hunan", 6, 6], ["江西省", "江西", "Jiangxi", 7, 6], ["浙江省", "浙江", "Zhejiang", 8, 6],
  ["广西壮族自治区", "广西", "Guangxi", 5, 7], ["广东省", "广东", "Guangdong", 6, 7], ["福建省", "福建", "Fujian", 7, 7], ["台湾省", "台湾", "Taiwan", 9, 7],
  ["海南省", "海南", "Hainan", 5, 8], ["澳门特别行政区", "澳门", "Macao", 6, 8], ["香港特别行政区", "香港", "Hong Kong", 7, 8],
];
