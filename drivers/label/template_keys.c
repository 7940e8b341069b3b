#include "drivers/label/template_keys.h"

#define ELEMENT_KEY(type, name, member, fallback, choices, help)                                                       \
    {                                                                                                                  \
        name, OPTION_##type##_AT(struct element, member), fallback, 0, 0, choices, help                                \
    }
#define TEXT(name, member, fallback, help)            ELEMENT_KEY(TEXT, name, member, fallback, NULL, help)
#define FLAG(name, member, fallback, help)            ELEMENT_KEY(FLAG, name, member, fallback, NULL, help)
#define CHOICE(name, member, fallback, choices, help) ELEMENT_KEY(CHOICE, name, member, fallback, choices, help)
#define END                                                                                                            \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }

/* What every element may say; a list stands nowhere but on the page. */
#define AT   TEXT("at", at, "", "left, top, width and height in mm, from the label's corner, or from its row's")
#define WHEN TEXT("when", when, "", "a condition on the data, such as: copy > 1")
#define PAGE CHOICE("page", page, "all", "all|first|last", "on which pages it stands")
#define IN   TEXT("in", in, "", "the list whose rows it stands in; NAME.more: the row that tells of hidden ones")
#define TURN CHOICE("turn", turn, "0", "0|90|180|270", "degrees clockwise")

static const struct option_def text_keys[] = {
    AT,
    TEXT("text", text, "", "what it says, with {data} and [parts that are left out when their data is empty]"),
    TEXT("text.en", text_en, "", "the same where English is printed"),
    TEXT("text.zh", text_zh, "", "the same where Chinese is printed"),
    TEXT("height", height, "3", "of the letters, in mm"),
    TEXT("least", least, "", "what they may shrink to, in mm; not given: they may not"),
    FLAG("bold", bold, "no", "heavy letters"),
    CHOICE("align", align, "left", "left|centre|right", "in the box"),
    FLAG("middle", middle, "yes", "centred from top to bottom; no: from the top"),
    FLAG("wrap", wrap, "no", "into as many lines as the box holds"),
    FLAG("inverse", inverse, "no", "white on a black box"),
    CHOICE("overflow", overflow, "refuse", "refuse|ellipsis", "what happens to a text that does not fit"),
    FLAG("printer-font", printer_font, "no", "the printer's own letters are good enough on a slow line"),
    TURN,
    WHEN,
    IN,
    PAGE,
    END,
};

#define SYMBOL_KEYS                                                                                                    \
    AT, TEXT("text", text, "", "what a scanner reads, with {data}; of the GS1 kinds: (01){gtin}(10){lot}"),            \
        TEXT("module", module, "0.25 1", "the narrowest and the widest bar or dot, in mm"),                            \
        TEXT("hri", hri, "0", "letters for people below it, in mm; 0: none"),                                          \
        TEXT("instead", instead, "", "the section drawn when this symbol cannot carry the text, or has no room"),      \
        TURN, WHEN, IN, PAGE

static const struct option_def symbol_keys[] = {SYMBOL_KEYS, END};
static const struct option_def qr_keys[] = {
    SYMBOL_KEYS, CHOICE("level", level, "medium", "low|medium|quartile|high", "how much damage it survives"), END};

static const struct option_def frame_keys[] = {
    AT, TEXT("thickness", thickness, "0.3", "of the line, in mm"), WHEN, IN, PAGE, END,
};

static const struct option_def image_keys[] = {
    AT,
    TEXT("file", file, "", "a PNG beside the template"),
    TEXT("data", data, "", "or the data that holds a PNG in base64"),
    FLAG("dither", dither, "no", "greys as patterns, for photographs; no: as black or white"),
    WHEN,
    IN,
    PAGE,
    END,
};

static const struct option_def list_keys[] = {
    AT,
    TEXT("each", each, "", "the data that holds the list; its rows' own data is {items.name}"),
    TEXT("pitch", pitch, "", "from one row to the next, in mm"),
    CHOICE("overflow", overflow, "pages", "pages|more|refuse",
           "when the rows need more room: further pages, a last row that tells how many more, or no label"),
    END,
};

const struct section_kind section_kinds[] = {
    {"text ", ELEMENT_TEXT, 0, text_keys, "A text. Without one it is not drawn, nor is its black box."},
    {"code128 ", ELEMENT_SYMBOL, SYMBOL_CODE128, symbol_keys, "A Code 128: ASCII, as wide as the text is long."},
    {"gs1-128 ", ELEMENT_SYMBOL, SYMBOL_GS1_128, symbol_keys, "A GS1-128. An identifier without a value is left out."},
    {"ean ", ELEMENT_SYMBOL, SYMBOL_EAN, symbol_keys, "An EAN-13, EAN-8 or UPC, by the count of digits."},
    {"itf14 ", ELEMENT_SYMBOL, SYMBOL_ITF14, symbol_keys, "An ITF-14: the GTIN of a case."},
    {"qr ", ELEMENT_SYMBOL, SYMBOL_QR, qr_keys, "A QR code: any text."},
    {"datamatrix ", ELEMENT_SYMBOL, SYMBOL_DATA_MATRIX, symbol_keys, "A Data Matrix: any text, in little room."},
    {"gs1-datamatrix ", ELEMENT_SYMBOL, SYMBOL_GS1_DATA_MATRIX, symbol_keys,
     "A GS1 Data Matrix. An identifier without a value is left out."},
    {"pdf417 ", ELEMENT_SYMBOL, SYMBOL_PDF417, symbol_keys, "A PDF417."},
    {"line ", ELEMENT_LINE, 0, frame_keys, "A line: its width or its height is 0."},
    {"box ", ELEMENT_BOX, 0, frame_keys, "A frame."},
    {"image ", ELEMENT_IMAGE, 0, image_keys, "A picture, scaled into its box."},
    {"list ", ELEMENT_LIST, 0, list_keys, "Rows, one below the other. The elements with in = NAME are drawn in each."},
    {.word = NULL},
};

#define LABEL_KEY(type, name, member, fallback, choices, help)                                                         \
    {                                                                                                                  \
        name, OPTION_##type##_AT(struct template, member), fallback, 0, 0, choices, help                               \
    }

const struct option_def label_keys[] = {
    LABEL_KEY(TEXT, "title.en", title_en, "", NULL, "what it is called in English"),
    LABEL_KEY(TEXT, "title.zh", title_zh, "", NULL, "what it is called in Chinese"),
    LABEL_KEY(TEXT, "size", size, "", NULL, "width and height in mm"),
    LABEL_KEY(CHOICE, "media", media, "gap", "gap|mark|continuous", "what the printer finds the next label by"),
    LABEL_KEY(TEXT, "gap", gap, "2", NULL, "between two labels, in mm"),
    LABEL_KEY(TEXT, "needs", needs, "", NULL,
              "the data, by blanks, without which there is no label; of a|b one is enough"),
    END,
};
