/* The sentences of faults in Chinese: what the English one says, with its words in place. */
#include "drivers/label/fault.h"

#include <string.h>

#define WORDS_MAX 5
#define DEPTH_MAX 3 /* a sentence in a sentence: where, what, and what one of its parts is */

/* "%" stands for words of any kind; in Chinese they are %1 to %5, and may be a sentence of
 * this table themselves. The first that fits is taken. */
static const struct {
    const char *english, *chinese;
} sentences[] = {
    /* where */
    {"%.label, line %, [%]: %", "%1.label 第 %2 行 [%3]：%4"},
    {"%.label, line %: %", "%1.label 第 %2 行：%3"},
    {"%.label has no section [label]", "%1.label 缺少 [label] 段"},
    {"%.label is not UTF-8 text of at most % KiB", "%1.label 不是 UTF-8 文本，或超过 %2 KiB"},
    {"A template cannot be called \"%\"; use at most % of a-z, 0-9, - and _",
     "模板不能命名为“%1”：只能用 a-z、0-9、- 和 _，最多 %2 个字符"},
    {"There is no template \"%\"", "没有模板“%1”"},
    /* lines and keys: base/option.c */
    {"not \"name = value\" and not \"[section]\"", "既不是“名称 = 值”，也不是“[段]”"},
    {"there is no option \"%\"", "没有“%1”这个键"},
    {"there is no section [%]", "没有 [%1] 这种段"},
    {"too many sections, or a name too long, at [%]", "段太多，或 [%1] 的名称太长"},
    {"the section's name is too long", "段的名称太长"},
    {"a line has more than % bytes", "一行超过 %1 字节，请缩短"},
    {"% must be yes or no, not \"%\"", "%1 应为 yes 或 no，不能是“%2”"},
    {"% must be one of %, not \"%\"", "%1 应为 %2 之一，不能是“%3”"},
    {"% is longer than % bytes", "%1 超过 %2 字节，请缩短"},
    /* template_check.c */
    {"% must be a length in mm, such as 3.5; it is \"%\"", "%1 应为毫米长度，例如 3.5；现在是“%2”"},
    {"at must be left, top, width and height in mm, such as 5 10.5 60 8; it is \"%\"",
     "at 应为左、上、宽、高（毫米），例如 5 10.5 60 8；现在是“%1”"},
    {"of a line either the width or the height is 0", "线的宽和高必须有一个为 0"},
    {"the box has no room", "框没有大小：宽和高都要大于 0"},
    {"module must be the narrowest and the widest bar in mm, such as 0.25 0.5; it is \"%\"",
     "module 应为最窄和最宽的条（毫米），例如 0.25 0.5；现在是“%1”"},
    {"least is more than height", "least 大于 height，请改小"},
    {"there is no text, or not in both languages", "没有文字，或缺少一种语言的文字"},
    {"there is no text", "没有内容，请填写 text"},
    {"the letters leave no room for the symbol", "下方文字占满了位置，条码放不下：请减小 hri 或加高"},
    {"an image has either a file or data", "图片要有 file 或 data，且只能有一个"},
    {"file must be the name of a PNG beside the template", "file 应为模板旁边的 PNG 文件名"},
    {"there is no room for one row", "连一行都放不下：请减小 pitch 或加高列表"},
    {"each must name the data that holds the list", "each 应写明列表所在的数据"},
    {"there is another section named %", "已有名为 %1 的段，请换个名称"},
    {"instead must name another section that has no instead itself", "instead 应指向另一个自身没有 instead 的段"},
    {"it leaves the label, which is % by % mm", "超出标签：标签为 %1×%2 毫米"},
    {"it leaves the row, which is % by % mm", "超出行：一行为 %1×%2 毫米"},
    {"size must be width and height in mm, such as 100 150; it is \"%\"",
     "size 应为宽和高（毫米），例如 100 150；现在是“%1”"},
    {"gap must be a length in mm, such as 2", "gap 应为毫米长度，例如 2"},
    {"it needs a title.en and a title.zh", "需要 title.en 和 title.zh"},
    {"a label has at most % lists", "一张标签最多 %1 个列表"},
    /* template_keep.c */
    {"it must stay as in the built-in label: [%] with text = %, always printed, its narrowest bar at least % mm",
     "必须保留内置标签的 [%1]：text = %2，始终打印，最窄条不小于 %3 毫米"},
    {"needs must still name %, as in the built-in label", "needs 必须保留内置标签的 %1"},
    {"[%] is covered by [%]: move one of them, or no scanner reads it",
     "[%1] 被 [%2] 遮挡：请移开其中一个，否则无法扫描"},
    {"With sample data: %", "用示例数据：%1"},
    {"There is no order \"%\" here", "本站没有订单“%1”"},
    {"There is no item \"%\" here", "本站没有商品“%1”"},
    {"There is no location \"%\" here", "本站没有库位“%1”"},
    {"There is no job \"%\" here", "没有打印任务“%1”"},
    /* template_bind.c */
    {"\"%\" names no data; a name looks like receiver.name", "“%1”不是数据名；写法如 receiver.name"},
    {"a { has no }", "有 { 没有 }"},
    {"there is no filter \"%\"", "没有过滤器“%1”"},
    {"\"[\" and \"]\" must come in turn; write \\[ for the sign itself", "“[”和“]”必须成对；符号本身写作 \\["},
    {"a [ has no ]", "有 [ 没有 ]"},
    {"a GS1 code is written (01){gtin}(10){lot}, of at most % identifiers",
     "GS1 码写作 (01){gtin}(10){lot}，最多 %1 个标识符"},
    {"a GS1 code is written (01){gtin}(10){lot}", "GS1 码写作 (01){gtin}(10){lot}"},
    {"\"%\" is no condition; it looks like: copy > 1 and not gift", "“%1”不是条件；写法如 copy > 1 and not gift"},
    {"% is \"%\"; write it as %", "%1 是“%2”，应写作 %3"},
    /* what does not fit, or is not there: label.c, template_draw.c, template_scope.c, template_picture.c */
    {"% does not fit on the label; shorten it", "%1 在标签上放不下：请缩短内容，或放大框"},
    {"% is one element too many; a label holds %", "%1 太多：一张标签最多 %2 个元素"},
    {"the place of % is not on the label; choose a larger label", "%1 的位置不在标签上：请用更大的标签"},
    {"a label cannot be % by % tenths of a millimetre", "标签不能是 %1×%2（0.1 毫米）"},
    {"% has % rows; there is room for % on % pages", "%1 有 %2 行，%4 页只能放 %3 行"},
    {"% has % rows; there is room for %", "%1 有 %2 行，只能放 %3 行"},
    {"% is missing; the label cannot be printed without it", "缺少 %1，没有它不能打印"},
    {"% is not a number in every row", "%1 不是每行都为数字"},
    {"% is not text; write it in quotes", "%1 不是文本，请加引号"},
    {"The data of a label must be a JSON object", "标签数据必须是 JSON 对象"},
    {"The data of the label is not JSON: line %, %", "标签数据不是 JSON：第 %1 行，%2"},
    {"% is no PNG of at most % by % dots", "%1 不是 PNG，或超过 %2×%3 点"},
    {"% is no picture: it must be a PNG in base64", "%1 不是图片：应为 base64 的 PNG"},
    {"The picture % cannot be read", "无法读取图片 %1"},
    /* what a code cannot carry: printable.c, symbol*.c */
    {"% is not UTF-8 text", "%1 不是 UTF-8 文本"},
    {"% contains the control character %, which a code cannot carry; remove it",
     "%1 含控制字符 %2，条码无法承载，请删除"},
    {"% contains \"%\", which % cannot carry; use A-Z, 0-9 and common signs, or a QR code",
     "%1 含“%2”，%3 无法承载：请用 A-Z、0-9 和常用符号，或改用二维码"},
    {"% contains \"%\", which GS1 codes cannot carry", "%1 含“%2”，GS1 码无法承载"},
    {"% contains \"%\", but % takes digits only", "%1 含“%2”，而 %3 只能是数字"},
    {"% is empty, so there is nothing to scan", "%1 为空，没有可扫描的内容"},
    {"% is longer than % can hold; shorten it", "%1 超过 %2 的容量，请缩短"},
    {"% ends with the check digit %, but for % it should be %; correct the number",
     "%1 的校验位是 %2，按 %3 应为 %4，请更正"},
    {"% is no number for %", "%1 不是 %2 的号码"},
    {"% has % digits, but an EAN or UPC code has 8, 12 or 13", "%1 有 %2 位，EAN 或 UPC 应为 8、12 或 13 位"},
    {"% has % digits, but ITF-14 has 14, or 13 without the check digit",
     "%1 有 %2 位，ITF-14 应为 14 位，不含校验位 13 位"},
    {"% breaks a rule of GS1", "%1 不符合 GS1 规则"},
    {"% cannot be carried by %", "%2 无法承载 %1"},
    {"the font % is missing; install the package fonts-noto-cjk", "缺少字体 %1，请安装 fonts-noto-cjk"},
    {"% ends with …: it is cut where its box ends", "%1 被截断，以 … 结尾"},
    {"% characters are in no font: each is printed as a box", "有 %1 个字符没有字形，会打印成方框"},
};

struct words {
    const char *at;
    size_t length;
};

/* Each stands for as little as can be, the last for all that is left before what ends the pattern. */
static bool fits(const char *pattern, const char *sentence, struct words *words)
{
    size_t count = 0;
    while (*pattern) {
        if (*pattern != '%') {
            if (*pattern++ != *sentence++)
                return false;
            continue;
        }
        pattern++;
        size_t literal = strcspn(pattern, "%"), left = strlen(sentence);
        const char *end = sentence + (left >= literal ? left - literal : left);
        if (pattern[literal]) { /* the nearest place where the pattern goes on */
            end = sentence;
            while (*end && strncmp(end, pattern, literal) != 0)
                end++;
        }
        if (strncmp(end, pattern, literal) != 0 || count == WORDS_MAX)
            return false;
        words[count++] = (struct words){sentence, (size_t)(end - sentence)};
        sentence = end;
    }
    return *sentence == '\0';
}

static void translate(const char *english, int depth, struct buf *out);

static void put_words(const struct words *words, int depth, struct buf *out)
{
    CLEANUP_BUF struct buf text = {0};
    buf_put(&text, words->at, words->length);
    translate(buf_text(&text), depth, out);
}

static void translate(const char *english, int depth, struct buf *out)
{
    struct words words[WORDS_MAX] = {{0}};
    size_t i = 0;
    while (depth < DEPTH_MAX && i < COUNT(sentences) && !fits(sentences[i].english, english, words))
        i++;
    if (depth == DEPTH_MAX || i == COUNT(sentences)) {
        buf_puts(out, english);
        return;
    }
    for (const char *c = sentences[i].chinese; *c; c++) {
        if (*c == '%' && c[1] >= '1' && c[1] <= '0' + WORDS_MAX)
            put_words(&words[*++c - '1'], depth + 1, out);
        else
            buf_putc(out, *c);
    }
}

void label_fault_chinese(const char *english, struct buf *out)
{
    translate(english, 0, out);
}
