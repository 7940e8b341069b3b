/* An intrusive, circular, doubly linked list. Does not allocate and does not count.
 * A head says what it holds: struct list devices; // struct device, by .link */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next, *prev;
};

#define LIST_ITEM(link_pointer, type, member) ((type *)(void *)((char *)(link_pointer)-offsetof(type, member)))

/* Safe against removal of the current item. */
#define LIST_EACH(item, head, type, member)                                                                            \
    for (struct list *item##_at = (head)->next, *item##_next = item##_at->next;                                        \
         item##_at != (head) && ((item) = LIST_ITEM(item##_at, type, member), true);                                   \
         item##_at = item##_next, item##_next = item##_at->next)

static inline void list_init(struct list *head)
{
    head->next = head->prev = head;
}

static inline bool list_empty(const struct list *head)
{
    return head->next == head;
}

static inline void list_append(struct list *head, struct list *item)
{
    item->prev = head->prev;
    item->next = head;
    head->prev->next = item;
    head->prev = item;
}

/* Leaves the item as a list of its own, so that removing twice is harmless. */
static inline void list_remove(struct list *item)
{
    item->prev->next = item->next;
    item->next->prev = item->prev;
    list_init(item);
}

#endif
