#include "restore.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "disk.h"
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PATH_SIZE     400
#define SQLITE_LOCKS  0x40000000L /* https://www.sqlite.org/fileformat2.html, "The Lock-Byte Page"; os.h: 512 bytes */
#define SQLITE_LOCKED 512
#define IO_OF_PROCESS 1 /* ioprio_set(2) */
#define IO_CLASS_IDLE (3 << 13)
#define NICEST        19
#define HOUR_S        3600

/* Does another program have it open? Its locks are looked at; nothing is opened as a database. */
static int check_closed(const char *path, struct error *error)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = SQLITE_LOCKS, .l_len = SQLITE_LOCKED};
    int fd CLEANUP(cleanup_close) = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0 || fcntl(fd, F_GETLK, &lock) != 0)
        return error_set(error, -errno, "%s cannot be opened: %s", path, strerror(errno));
    if (lock.l_type == F_UNLCK)
        return 0;
    return error_set(error, -EBUSY, "%s is in use: stop the daemon first (systemctl stop floorhandd)", path);
}

/* ---------------------------------------------------------------- restore */

static int check_owner(const struct site_config *config, const char *backup, const struct backup_facts *facts,
                       struct error *error)
{
    bool same_box =
        config->named == SITE_BY_JOINING || strcmp(facts->box, config->box) == 0; /* each joining names it */
    if (strcmp(facts->site, config->site) == 0 && same_box)
        return 0;
    return error_set(error, -EINVAL, "%s belongs to site %s, box %s, not to %s, %s: name the right backup", backup,
                     facts->site, facts->box, config->site, config->box);
}

/* To whom the folder belongs: root restores, and the daemon is somebody else. */
static int give_away(const char *database, const char *path)
{
    struct stat owner;
    char folder[PATH_SIZE];
    if (!file_folder(database, folder, sizeof(folder)))
        return -ENAMETOOLONG;
    if (stat(folder, &owner) != 0)
        return -errno;
    return geteuid() != 0 || chown(path, owner.st_uid, owner.st_gid) == 0 ? 0 : -errno;
}

/* Where the database will be, read whole there. */
static int lay_beside(const struct site_config *config, const char *backup, const char *beside,
                      struct backup_facts *ret, struct error *error)
{
    struct stat stat_of;
    if (stat(backup, &stat_of) != 0)
        return error_set(error, -errno, "%s cannot be read: %s", backup, strerror(errno));
    int result = disk_has_room(beside, (int64_t)stat_of.st_size, "the restored database", error);
    if (result)
        return result;
    unlink(beside);
    result = file_copy(backup, beside);
    if (!result)
        result = give_away(config->database, beside);
    if (result)
        return error_set(error, result, "%s cannot be written: %s", beside, strerror(-result));
    result = backup_check(beside, ret, error);
    return result ? result : check_owner(config, backup, ret, error);
}

/* There is a database at every instant: the old one has two names until the new one takes the first. A WAL that could
 * not be worked into it is kept with it. */
static int put_in_place(const char *beside, const char *database, const char *aside, struct error *error)
{
    char wal[PATH_SIZE + 8], wal_aside[PATH_SIZE + 8];
    snprintf(wal, sizeof(wal), "%s-wal", database);
    snprintf(wal_aside, sizeof(wal_aside), "%s-wal", aside);
    int result = link(database, aside) == 0 || errno == ENOENT ? 0 : -errno;
    if (!result && link(wal, wal_aside) != 0 && errno != ENOENT)
        result = -errno;
    if (!result)
        unlink(wal);
    if (!result && rename(beside, database) != 0)
        result = -errno;
    if (!result)
        result = file_settle_folder(database);
    return result ? error_set(error, result, "%s cannot be put in place: %s", database, strerror(-result)) : 0;
}

static void name_aside(const char *database, char out[PATH_SIZE])
{
    char when[32];
    time_t now = (time_t)(clock_wall_us() / 1000000);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &parts);
    snprintf(out, PATH_SIZE, "%s.before-%s", database, when);
}

static void say(const char *backup, const struct backup_facts *new, const struct backup_facts *old, bool known,
                const char *aside)
{
    char time[CLOCK_TEXT_SIZE];
    int64_t hours = (clock_wall_us() - new->wall_us) / 1000000 / HOUR_S;
    clock_format(new->wall_us, time);
    printf("%s is restored: every page, every law and both chains were read and are sound.\n", backup);
    printf("Its last event is number %" PRId64 " of epoch %" PRId64 ", of %s (%" PRId64 " hours ago).\n", new->last_seq,
           new->epoch, time, hours);
    if (*aside)
        printf("What was there is kept as %s.\n", aside);
    if (known && old->last_seq > new->last_seq)
        printf("It went on to number %" PRId64 ": %" PRId64 " events are not in the backup.\n", old->last_seq,
               old->last_seq - new->last_seq);
    puts("Start the daemon (systemctl start floorhandd). Head office sees that this is an older copy, opens a new "
         "epoch, "
         "and tells the site\nwhat it had sent since; what had never been sent is in the file that was kept, and "
         "nowhere "
         "else: count the bins that were worked on.");
}

int restore_database(const struct site_config *config, const char *backup, struct error *error)
{
    char beside[PATH_SIZE], aside[PATH_SIZE] = "";
    struct backup_facts old = {0}, new = {0};
    struct error ignored = {0};
    snprintf(beside, sizeof(beside), "%s.restoring", config->database);
    int result = check_closed(config->database, error);
    if (!result)
        result = lay_beside(config, backup, beside, &new, error);
    if (result) {
        unlink(beside);
        return result;
    }
    bool there = access(config->database, F_OK) == 0;
    bool known = there && backup_read(config->database, &old, &ignored) == 0; /* and works its WAL into it */
    if (there)
        name_aside(config->database, aside);
    result = put_in_place(beside, config->database, aside, error);
    if (!result)
        say(backup, &new, &old, known, aside);
    return result;
}

/* ---------------------------------------------------------------- before an upgrade, or back */

int restore_can_open(const struct site_config *config, struct error *error)
{
    int schema = 0, known = backup_schema_known();
    if (access(config->database, F_OK) != 0) {
        printf("%s is not there yet: it will be made, of schema %d\n", config->database, known);
        return 0;
    }
    int result = backup_schema(config->database, &schema, error);
    if (result)
        return result;
    if (schema > known)
        return error_set(error, -EINVAL,
                         "%s was written by a newer version (schema %d, this program knows %d): keep that version, or "
                         "restore a backup of before",
                         config->database, schema, known);
    printf("%s can be opened: it has schema %d, this program knows %d\n", config->database, schema, known);
    return 0;
}

/* ---------------------------------------------------------------- a copy is read */

int restore_check_copy(const char *path)
{
    struct backup_facts facts;
    struct error why = {0};
    CLEANUP_BUF struct buf json = {0};
    setpriority(PRIO_PROCESS, 0, NICEST);
    syscall(SYS_ioprio_set, IO_OF_PROCESS, 0, IO_CLASS_IDLE);
    int result = backup_check(path, &facts, &why);
    json_open_object(&json, NULL);
    json_bool(&json, "sound", result == 0);
    json_int(&json, "bytes", facts.bytes);
    json_int(&json, "seq", facts.last_seq);
    json_text(&json, "why", result ? why.text : NULL);
    json_close_object(&json);
    puts(buf_text(&json));
    return 0;
}
