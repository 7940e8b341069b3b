#include "hardware.h"

#include "base/cleanup.h"

#include <dirent.h>
#include <limits.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 128

/* The first line of a file, without the blanks around it. */
static bool read_text(const char *path, char out[TEXT_MAX])
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    size_t length = fread(out, 1, TEXT_MAX - 1, file);
    fclose(file);
    out[length] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    return *out != '\0';
}

static bool is_on_usb(const char *card)
{
    char path[PATH_MAX], real[PATH_MAX];
    snprintf(path, sizeof(path), "/sys/class/net/%s/device", card);
    return !realpath(path, real) || strstr(real, "/usb"); /* without a device it is no card at all */
}

static bool lowest_address(char out[TEXT_MAX])
{
    DIR *cards = opendir("/sys/class/net");
    *out = '\0';
    for (const struct dirent *entry; cards && (entry = readdir(cards));) {
        char path[PATH_MAX], address[TEXT_MAX];
        snprintf(path, sizeof(path), "/sys/class/net/%s/address", entry->d_name);
        if (entry->d_name[0] != '.' && !is_on_usb(entry->d_name) && read_text(path, address) &&
            (!*out || strcmp(address, out) < 0))
            snprintf(out, TEXT_MAX, "%s", address);
    }
    if (cards)
        closedir(cards);
    return *out != '\0';
}

static void find(const char *given, char out[TEXT_MAX])
{
    static const char *const files[] = {"/sys/firmware/devicetree/base/serial-number", "/sys/class/dmi/id/product_uuid",
                                        "/sys/class/dmi/id/board_serial"};
    snprintf(out, TEXT_MAX, "%s", given);
    for (size_t i = 0; i < COUNT(files) && !*out; i++)
        if (!read_text(files[i], out))
            *out = '\0';
    if (!*out)
        lowest_address(out);
}

void hardware_id(const char *given, char out[HARDWARE_SIZE])
{
    char text[TEXT_MAX];
    uint8_t hash[(HARDWARE_SIZE - 1) / 2];
    find(given, text);
    crypto_generichash(hash, sizeof(hash), (const uint8_t *)text, strlen(text), NULL, 0);
    sodium_bin2hex(out, HARDWARE_SIZE, hash, sizeof(hash));
}
