#include "disk_parts.h"

#include "base/cleanup.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512

static struct disk disks[DISKS_MAX];
struct disk *disk = disks;

const char *disk_loss_name(enum disk_loss loss)
{
    static const char *const names[] = {"all lost", "prefix", "subset", "torn", "none lost"};
    return names[loss];
}

static uint64_t draw(uint64_t below)
{
    return random_next(&disk->draws) % below;
}

void *disk_must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

void disk_note(const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    uint64_t hash = disk->hash;
    for (; length >= 8; at += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    for (; length > 0; at++, length--)
        hash = (hash ^ *at) * UINT64_C(0x100000001B3);
    disk->hash = hash;
}

void disk_note_numbers(int64_t what, int64_t offset, int64_t length)
{
    const int64_t numbers[] = {what, offset, length};
    disk_note(numbers, sizeof(numbers));
}

void disk_choose(size_t number)
{
    disk = &disks[number];
}

/* ---------------------------------------------------------------- content */

void disk_content_size(struct content *content, size_t length)
{
    if (length > content->room) {
        content->room = length * 2;
        content->bytes = disk_must(realloc(content->bytes, content->room));
    }
    if (length > content->length)
        memset(content->bytes + content->length, 0, length - content->length);
    content->length = length;
}

void disk_content_write(struct content *content, size_t offset, const uint8_t *bytes, size_t length)
{
    if (offset + length > content->length)
        disk_content_size(content, offset + length);
    if (length > 0)
        memcpy(content->bytes + offset, bytes, length);
}

struct inode *disk_inode_new(void)
{
    struct inode *inode = disk_must(calloc(1, sizeof(*inode)));
    inode->next = disk->inodes;
    disk->inodes = inode;
    return inode;
}

void disk_forget_shared(struct inode *inode)
{
    for (size_t i = 0; i < SHARED_MAX; i++) {
        free(inode->shared[i]);
        inode->shared[i] = NULL;
    }
}

static void inode_free(struct inode *inode)
{
    disk_forget_shared(inode);
    free(inode->now.bytes);
    free(inode->kept.bytes);
    free(inode);
}

void disk_choose_by_name(const char *name)
{
    disk_choose(name && name[0] >= '0' && name[0] < '0' + DISKS_MAX && name[1] == '/' ? (size_t)(name[0] - '0') : 0);
}

struct entry *disk_entry(const char *name, bool make)
{
    struct entry *free_entry = NULL;
    disk_choose_by_name(name);
    for (size_t i = 0; i < FILES_MAX; i++) {
        if (strcmp(disk->entries[i].name, name) == 0)
            return &disk->entries[i];
        if (!free_entry && !*disk->entries[i].name)
            free_entry = &disk->entries[i];
    }
    if (!make)
        return NULL;
    disk_must(free_entry);
    snprintf(free_entry->name, sizeof(free_entry->name), "%s", name);
    return free_entry;
}

/* ---------------------------------------------------------------- what is not safe yet */

void disk_pend(struct pending pending)
{
    if (pending.kind == WRITE) {
        uint8_t *copy = disk_must(malloc(pending.length));
        memcpy(copy, pending.bytes, pending.length);
        pending.bytes = copy;
    }
    if (disk->pending_count == disk->pending_room) {
        disk->pending_room = disk->pending_room ? 2 * disk->pending_room : 256;
        disk->pending = disk_must(reallocarray(disk->pending, disk->pending_room, sizeof(disk->pending[0])));
    }
    disk->pending[disk->pending_count++] = pending;
}

static void keep(const struct pending *pending)
{
    if (pending->kind == WRITE)
        disk_content_write(&pending->inode->kept, pending->offset, pending->bytes, pending->length);
    else if (pending->kind == TRUNCATE)
        disk_content_size(&pending->inode->kept, pending->length);
    else
        pending->entry->kept = pending->inode;
}

/* Some sectors of a write arrive, one may be noise; where none arrives the file may have grown all the same. */
static void keep_pieces(const struct pending *pending)
{
    disk->counters.torn++;
    size_t end = pending->offset + pending->length;
    for (size_t at = pending->offset, next; at < end; at = next) {
        next = (at / SECTOR + 1) * SECTOR;
        next = next < end ? next : end;
        uint64_t luck = draw(8);
        if (luck < 4)
            disk_content_write(&pending->inode->kept, at, pending->bytes + (at - pending->offset), next - at);
        else if (luck == 4 && next > pending->inode->kept.length)
            disk_content_size(&pending->inode->kept, next);
        else if (luck == 5) {
            uint8_t noise[SECTOR];
            for (size_t i = 0; i < SECTOR; i++)
                noise[i] = (uint8_t)draw(256);
            disk_content_write(&pending->inode->kept, at, noise, next - at);
        }
    }
}

void disk_settle_pending(const struct inode *inode, enum arrival arrival)
{
    size_t left = 0;
    for (size_t i = 0; i < disk->pending_count; i++) {
        struct pending *pending = &disk->pending[i];
        if (inode ? pending->kind == NAME || pending->inode != inode : pending->kind != NAME) {
            disk->pending[left++] = *pending;
            continue;
        }
        if (arrival == ARRIVES || (arrival == SOME_ARRIVE && draw(2)))
            keep(pending);
        free((void *)(uintptr_t)pending->bytes);
    }
    disk->pending_count = left;
}

enum arrival disk_arrival(bool well)
{
    return well ? ARRIVES : (enum arrival)draw(3);
}

/* Names are made and taken away in order: of each name the first changes are kept, or none. */
static bool name_is_lost(const struct pending *pending, bool lost[FILES_MAX])
{
    bool *flag = &lost[pending->entry - disk->entries];
    *flag = *flag || draw(2);
    return *flag;
}

static void lose(enum disk_loss loss)
{
    bool lost[FILES_MAX] = {0};
    size_t prefix = disk->pending_count ? draw(disk->pending_count + 1) : 0;
    for (size_t i = 0; i < disk->pending_count; i++) {
        struct pending *pending = &disk->pending[i];
        bool kept = loss == LOSS_NONE || (loss == LOSS_PREFIX && i < prefix);
        if (loss == LOSS_SUBSET || loss == LOSS_TORN)
            kept = pending->kind == NAME ? !name_is_lost(pending, lost) : draw(2);
        disk->counters.lost += !kept;
        if (kept && loss == LOSS_TORN && pending->kind == WRITE)
            keep_pieces(pending);
        else if (kept)
            keep(pending);
        free((void *)(uintptr_t)pending->bytes);
    }
    disk->pending_count = 0;
}

/* ---------------------------------------------------------------- power */

/* Frees what no name stands for. */
static void sweep(void)
{
    for (struct inode **at = &disk->inodes; *at;) {
        struct inode *inode = *at;
        bool named = false;
        for (size_t i = 0; i < FILES_MAX; i++)
            named = named || disk->entries[i].kept == inode || disk->image[i].kept == inode;
        if (named) {
            at = &inode->next;
            continue;
        }
        *at = inode->next;
        inode_free(inode);
    }
}

void disk_power_on(enum disk_loss loss)
{
    lose(loss);
    for (size_t i = 0; i < FILES_MAX; i++) {
        struct entry *entry = &disk->entries[i];
        entry->now = entry->kept;
        if (!entry->kept) {
            entry->name[0] = '\0';
            continue;
        }
        disk_forget_shared(entry->now);
        disk_content_size(&entry->now->now, 0);
        disk_content_write(&entry->now->now, 0, entry->now->kept.bytes, entry->now->kept.length);
    }
    sweep();
    disk->off = false;
    disk->cut_at = disk->fail_at = 0;
    disk_note_numbers('P', loss, 0);
}

void disk_program_starts(void)
{
    for (size_t i = 0; i < FILES_MAX; i++)
        if (disk->entries[i].now)
            disk_forget_shared(disk->entries[i].now);
    disk->off = false;
    disk->cut_at = disk->fail_at = 0;
    disk_note_numbers('K', 0, 0);
}

void disk_empty(uint64_t seed)
{
    lose(LOSS_ALL);
    memset(disk->entries, 0, sizeof(disk->entries));
    sweep();
    disk->draws.state = seed * 3 + 1;
    disk->salts.state = seed * 5 + 2;
    disk->off = false;
    disk->cut_at = disk->fail_at = 0;
    disk->hash = seed;
    sqlite3_randomness(0, NULL); /* drawn anew from xRandomness */
}

void disk_save_image(void)
{
    disk_power_on(LOSS_NONE);
    memcpy(disk->image, disk->entries, sizeof(disk->image));
    memset(disk->entries, 0, sizeof(disk->entries));
}

void disk_load_image(void)
{
    for (size_t i = 0; i < FILES_MAX; i++) {
        if (!disk->image[i].kept)
            continue;
        struct entry *entry = disk_entry(disk->image[i].name, true);
        entry->kept = disk_inode_new();
        disk_content_write(&entry->kept->kept, 0, disk->image[i].kept->kept.bytes, disk->image[i].kept->kept.length);
    }
    disk_power_on(LOSS_NONE);
}

void disk_be_safe(bool safe)
{
    lose(LOSS_NONE);
    disk->safe = safe;
}

struct disk_image {
    struct image_file {
        char name[NAME_SIZE];
        struct content content;
    } files[FILES_MAX];
};

struct disk_image *disk_image_take(void)
{
    struct disk_image *image = disk_must(calloc(1, sizeof(*image)));
    for (size_t i = 0, count = 0; i < FILES_MAX; i++) {
        const struct entry *entry = &disk->entries[i];
        if (!entry->now)
            continue;
        struct image_file *file = &image->files[count++];
        memcpy(file->name, entry->name, sizeof(file->name));
        disk_content_write(&file->content, 0, entry->now->now.bytes, entry->now->now.length);
    }
    return image;
}

struct disk_image *disk_image_free(struct disk_image *image)
{
    for (size_t i = 0; image && i < FILES_MAX; i++)
        free(image->files[i].content.bytes);
    free(image);
    return NULL;
}

/* A connection takes a file for changed when the change counter of its header is another one (SQLite documentation,
 * "Database File Format", 1.3.7), and its size for right when the number at 92 is the same. */
static void renew_counter(struct content *content)
{
    static uint32_t last;
    uint8_t *header = content->bytes;
    if (content->length < 100)
        return;
    last += 0x10000;
    for (size_t i = 0; i < 4; i++)
        header[24 + i] = header[92 + i] = (uint8_t)(last >> (24 - 8 * i));
}

/* An image may be put on another disk than it was taken from. */
static void put_file(const struct image_file *file)
{
    char name[NAME_SIZE];
    memcpy(name, file->name, sizeof(name));
    if (name[1] == '/')
        name[0] = (char)('0' + (disk - disks));
    struct entry *entry = disk_entry(name, true);
    if (!entry->now)
        entry->now = disk_inode_new();
    disk_content_size(&entry->now->now, 0);
    disk_content_write(&entry->now->now, 0, file->content.bytes, file->content.length);
    if (disk->safe) {
        renew_counter(&entry->now->now);
        return;
    }
    entry->kept = entry->now;
    disk_content_size(&entry->now->kept, 0);
    disk_content_write(&entry->now->kept, 0, file->content.bytes, file->content.length);
}

/* A safe disk keeps the files that are not in the image: its database has one. */
void disk_image_put(const struct disk_image *image)
{
    if (!disk->safe) {
        lose(LOSS_ALL);
        memset(disk->entries, 0, sizeof(disk->entries));
        sweep();
        disk->off = false;
        disk->cut_at = disk->fail_at = 0;
    }
    for (size_t i = 0; i < FILES_MAX; i++)
        if (*image->files[i].name)
            put_file(&image->files[i]);
}

void disk_cut_after(int64_t operations)
{
    disk->cut_at = operations ? disk->counters.operations + operations : 0;
}

void disk_turn_off(void)
{
    disk->off = true;
}

bool disk_is_off(void)
{
    return disk->off;
}

void disk_fail_after(int64_t operations, int64_t many, enum disk_fault fault)
{
    disk->fault = fault;
    disk->fail_at = operations ? disk->counters.operations + operations : 0;
    disk->fail_left = many;
}

const struct disk_counters *disk_counters(void)
{
    return &disk->counters;
}

uint64_t disk_hash(void)
{
    return disk->hash;
}

bool disk_is_hit(enum action action)
{
    static const unsigned hits[FAULT_COUNT] = {
        [FAULT_NO_ROOM] = GROW, [FAULT_SYNC] = SYNC, [FAULT_IO] = READ | GROW | SHRINK | SYNC | DELETE};
    bool hit = disk->fail_at && disk->counters.operations >= disk->fail_at && disk->fail_left > 0 &&
               (hits[disk->fault] & action);
    disk->fail_left -= hit;
    disk->counters.failed += hit;
    return hit;
}

bool disk_goes_well(enum action action)
{
    if (disk->off)
        return false;
    disk->counters.operations++;
    if (disk->cut_at && disk->counters.operations >= disk->cut_at)
        disk->off = true;
    return !disk_is_hit(action);
}
