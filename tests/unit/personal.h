/* Looks for a word in every text that head office's database holds, whatever the table. Asserts by cmocka. */
#ifndef TESTS_PERSONAL_H
#define TESTS_PERSONAL_H

#include "unit/hub_rig.h"

#define TEXT_COLUMNS_MAX 2000

struct text_columns {
    size_t count;
    char table[TEXT_COLUMNS_MAX][64], column[TEXT_COLUMNS_MAX][64];
};

static inline void text_columns_of(struct sql *sql, struct text_columns *ret)
{
    struct sql_query *row = sql_select_once(
        sql,
        getenv("HEAD_OFFICE_DATABASE")
            ? "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t ON"
              " t.table_schema = c.table_schema AND t.table_name = c.table_name WHERE c.table_schema = 'public' AND"
              " t.table_type = 'BASE TABLE' AND c.data_type = 'text' ORDER BY 1, 2"
            : "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND"
              " c.type = 'TEXT' ORDER BY 1, 2",
        (struct sql_value[]){{0}}, 100000000);
    for (ret->count = 0; sql_next(row); ret->count++) {
        assert_true(ret->count < TEXT_COLUMNS_MAX);
        sql_copy_text(row, 0, ret->table[ret->count], sizeof(ret->table[0]));
        sql_copy_text(row, 1, ret->column[ret->count], sizeof(ret->column[0]));
    }
    assert_int_equal(sql_done(row), 0);
    assert_true(ret->count > 300); /* it has looked */
}

/* Where one of the words stands, "orders.buyer contact.text", each once and in their order. */
static inline void assert_words_stand(struct sql *sql, const char *const *words, const char *expected)
{
    static struct text_columns columns;
    CLEANUP_BUF struct buf found = {0};
    text_columns_of(sql, &columns);
    for (size_t i = 0; i < columns.count; i++) {
        CLEANUP_BUF struct buf text = {0};
        int64_t rows = 0;
        for (size_t word = 0; words[word]; word++)
            buf_printf(&text, "%s \"%s\" LIKE '%%%s%%'", word ? " OR" : "", columns.column[i], words[word]);
        CLEANUP_BUF struct buf whole = {0};
        buf_printf(&whole, "SELECT count(*) FROM \"%s\" WHERE%s", columns.table[i], buf_text(&text));
        struct sql_query *row = sql_select_once(sql, buf_text(&whole), (struct sql_value[]){{0}}, 100000000);
        if (sql_next(row))
            rows = sql_get_int(row, 0);
        assert_int_equal(sql_done(row), 0);
        if (rows > 0)
            buf_printf(&found, "%s%s.%s", found.length > 0 ? " " : "", columns.table[i], columns.column[i]);
    }
    assert_string_equal(buf_text(&found), expected);
}

#endif
