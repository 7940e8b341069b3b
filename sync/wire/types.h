/* The names of what sites tell head office and what head office tells sites. Does not describe their data:
 * members.table does, with the same names. On the wire a name stands in "io.floorhand.NAME.v1". */
#ifndef WIRE_TYPES_H
#define WIRE_TYPES_H

#include <stddef.h>

/* X(name, meaning) */
#define WIRE_EVENTS(X)                                                                                                 \
    X("site.booted", "the daemon of the box started")                                                                  \
    X("disk.level", "the disk of the box is fuller than before, or less full")                                         \
    X("database.checked", "the whole database was read, and found sound or not; a backup was made of it")                 \
    X("worker.signed_in", "a worker's badge was read at a station")                                                    \
    X("worker.signed_out", "a worker left a station, or was signed out")                                               \
    X("worker.admitted", "a worker signed in at the box's pages, by badge and PIN")                                    \
    X("worker.locked", "a worker's PIN was wrong too often: the next one is tried later")                              \
    X("worker.unlocked", "an administrator lets a worker try the PIN again at once")                                   \
    X("worker.pin_changed", "a worker has another PIN")                                                                \
    X("scan.rejected", "a scan was refused, with the code and the reason")                                             \
    X("scan.aborted", "half a scan arrived, or one that cannot be read")                                               \
    X("setting.changed", "a supervisor changed how the floor works")                                                   \
    X("template.saved", "a supervisor keeps a label template of the site's own")                                       \
    X("template.reset", "a supervisor gave up a label template of the site's own")                                     \
    X("device.bound", "a scanner, printer or scale belongs to another station now")                                    \
    X("station.training", "a station practises on a copy of the database, or works again")                             \
    X("training.skipped", "a lesson was put off, at a station in training")                                            \
    X("training.left", "a station in training works again")                                                            \
    X("training.passed", "a worker has practised a lesson whole, at a station in training")                            \
    X("trial.compared", "another system's figures were laid beside the site's: a parallel run")                        \
    X("scan.undone", "a worker took the last scan back")                                                               \
    X("scan.quantity", "the next scan of an item counts this often")                                                   \
    X("goods.described", "a worker told more of the goods in the hand: lot, expiry, serial number, weight")            \
    X("order.received", "an order release reached the site")                                                           \
    X("order.allocated", "stock was set aside for every line of an order")                                             \
    X("order.parked", "an order cannot go on until a person decides")                                                  \
    X("order.cancel_accepted", "the site cancelled an order")                                                          \
    X("order.cancel_rejected", "an order was too far along to be cancelled")                                           \
    X("order.released", "a site has given an order back that it had not begun")                                        \
    X("order.kept", "a site has begun the order that head office wants back, and keeps it")                            \
    X("pick.started", "a worker began an order's picking")                                                             \
    X("lease.released", "a supervisor gave what a worker held to whoever comes next")                                  \
    X("pick.located", "the worker is at the right location")                                                           \
    X("pick.line", "goods were taken for an order line")                                                               \
    X("pick.tote", "picking goes into this tote")                                                                      \
    X("pick.short", "fewer goods were there than needed")                                                              \
    X("pick.damaged", "goods were found damaged")                                                                      \
    X("pick.damage_asked", "a worker is about to say which piece is damaged")                                          \
    X("pick.forced", "a supervisor allowed another lot than the promised one")                                         \
    X("pick.left", "a worker went away from an order that is not picked yet")                                          \
    X("pick.cluster", "a worker set out for several orders at once")                                                   \
    X("pick.unload", "a tote goes to the stage before the rest of its order")                                          \
    X("pick.zone", "a worker is in a zone and takes its lines")                                                        \
    X("pick.claimed", "a worker claimed the lines of an order in a zone")                                              \
    X("pick.put_down", "one of an order's totes stands at packing before the others")                                  \
    X("pick.staged", "the tote stands at packing")                                                                     \
    X("pick.returned", "the goods of a cancelled order lie on the return shelf")                                       \
    X("pick.skipped", "the worker put a pick off")                                                                     \
    X("receipt.opened", "a worker began to receive a document's goods")                                                \
    X("receipt.dock", "the goods stand at this dock")                                                                  \
    X("receipt.plate", "what comes in goes onto this plate")                                                           \
    X("receipt.full", "a plate is full and can be put away")                                                           \
    X("receipt.asked", "the worker asked for another way to go on")                                                    \
    X("receipt.allowed", "a supervisor let in what was not announced, too much or too old")                            \
    X("receipt.line", "goods came in, whole or damaged")                                                               \
    X("receipt.pallet", "an announced pallet came in whole")                                                           \
    X("receipt.left", "a worker went away from a receipt that goes on")                                                \
    X("receipt.closed", "a receipt is complete: each line with what was announced and what came")                      \
    X("transfer.received", "the same of goods from another site; what is missing stays under way as a claim")          \
    X("putaway.taken", "a worker took goods that are to be put away")                                                  \
    X("putaway.fetched", "the worker has the plate")                                                                   \
    X("putaway.held", "so much of one item is to be put away next")                                                    \
    X("putaway.elsewhere", "the worker chose another bin than the proposed one")                                       \
    X("putaway.done", "goods lie in a bin")                                                                            \
    X("putaway.left", "a worker gave back what was to be put away")                                                    \
    X("replen.planned", "every face was looked over, and what is low is to be filled")                                 \
    X("replen.taken", "a worker took the task to fill a face")                                                         \
    X("replen.located", "the worker is at the reserve bin")                                                            \
    X("replen.item", "goods were taken from the reserve for a face")                                                   \
    X("replen.enough", "the hands are full before the task is")                                                        \
    X("replen.short", "fewer goods were in the reserve than the books say")                                            \
    X("replen.done", "goods from the reserve lie in the face")                                                         \
    X("replen.returned", "goods that the face could not hold lie in the reserve again")                                \
    X("replen.left", "a worker gave the task to fill a face back")                                                     \
    X("wave.planned", "orders were put into a wave that is not to be picked yet")                                      \
    X("wave.started", "a supervisor had waves planned and released")                                                   \
    X("wave.released", "a wave is to be picked")                                                                       \
    X("wave.closed", "nothing of a wave is left to do")                                                                \
    X("wave.cancelled", "a wave's orders wait again")                                                                  \
    X("wave.rest", "what no order of a wave needs lies on the return shelf")                                           \
    X("order.kicked", "an order left its wave")                                                                        \
    X("order.refused", "lines of an order are not served for want of stock, by its shortage policy")                   \
    X("batch.started", "a worker began to pick a wave in sum")                                                         \
    X("pick.batch", "goods were taken for several orders of a wave, line by line")                                     \
    X("pick.unpicked", "goods that were picked for an order line are in a location again")                             \
    X("batch.short", "fewer goods were there than a wave's lines need")                                                \
    X("batch.damaged", "goods were found damaged while a wave was picked")                                             \
    X("batch.tote", "a wave's goods go into this tote")                                                                \
    X("batch.full", "a wave's tote is full")                                                                           \
    X("batch.stopped", "a worker leaves the rest of a wave to others")                                                 \
    X("batch.staged", "a wave's totes stand where they are sorted or packed")                                          \
    X("sow.started", "a worker stands at a put-wall")                                                                  \
    X("sow.tote", "a wave's tote is sorted at the put-wall")                                                           \
    X("sow.item", "a piece was taken out of a wave's tote")                                                            \
    X("sow.line", "the piece lies in its order's slot")                                                                \
    X("sow.put_back", "a piece that no slot needs any more went back into the tote")                                   \
    X("sow.short", "a wave's tote holds less than was picked into it: the rest is picked again")                       \
    X("sow.left", "a worker went away from a put-wall")                                                                \
    X("slot.complete", "a slot holds all of its order: it may be packed")                                              \
    X("express.started", "a wave's tote is packed straight away, one order a piece")                                   \
    X("express.box", "all of it goes into boxes of this kind")                                                         \
    X("express.left", "a worker went away from a wave's tote")                                                         \
    X("pack.opened", "packing of an order began")                                                                      \
    X("pack.item", "an item was checked into the parcel")                                                              \
    X("pack.reopened", "a parcel was emptied again, to be checked once more")                                          \
    X("parcel.boxed", "everything is in the box, which goes to the scale")                                             \
    X("parcel.weighed", "a parcel was on the scale: its weight, and what it should be")                                \
    X("parcel.forced", "a supervisor let a parcel pass: not whole, or not weighed as it should be")                    \
    X("parcel.opened", "a worker looks at a packed parcel again")                                                      \
    X("parcel.step", "a worker goes on with that parcel: to the scale, or to unpack it")                               \
    X("parcel.left", "the worker is done with that parcel")                                                            \
    X("parcel.unpacked", "a parcel's goods are in a tote again")                                                       \
    X("supervisor.asked", "a worker asked for a supervisor's badge")                                                   \
    X("order.to_shelf", "goods that do not leave are on the way to the return shelf")                                  \
    X("parcel.packed", "a parcel was closed and its label requested")                                                  \
    X("waybill.assigned", "a closed box that waited got its waybill number")                                           \
    X("parcel.shipped", "a parcel left with the carrier")                                                              \
    X("label.printed", "a label came out of the printer")                                                              \
    X("label.reprinted", "a worker asked for a label again")                                                           \
    X("label.voided", "a waybill number was given up: it must be made void at the carrier")                            \
    X("label.proved", "the printer itself has shown that a label came out (`proof`: odometer or status)")              \
    X("label.uncertain", "nobody knows whether a label came out: a person must look")                                  \
    X("return.opened", "a worker began with goods that a customer sent back")                                          \
    X("return.placed", "the return shelf that they come to")                                                           \
    X("return.received", "goods are back, and not to be sold yet")                                                     \
    X("return.complete", "all that came back under this return is received")                                           \
    X("return.left", "a worker went away from an open return")                                                         \
    X("return.inspected", "a worker looks at a returned piece")                                                        \
    X("return.marked", "the grade that a worker gives it")                                                             \
    X("return.graded", "returned goods got their grade, and lie where it says")                                        \
    X("return.closed", "all that came back is graded")                                                                 \
    X("manifest.opened", "loading for a carrier began")                                                                \
    X("manifest.loaded", "a parcel was loaded")                                                                        \
    X("manifest.unloaded", "a parcel that was cancelled is off the load again")                                        \
    X("manifest.left", "a worker went away from an open manifest")                                                     \
    X("manifest.closed", "the carrier took the load over")                                                             \
    X("list.reprinted", "a list that may not have come out was printed again")                                         \
    X("stock.imported", "opening stock was read from a file")                                                          \
    X("work.started", "a worker began work of this kind")                                                              \
    X("work.left", "a worker went back to the menu")                                                                   \
    X("move.located", "a worker takes goods from this bin")                                                            \
    X("move.taken", "goods were taken out of a bin to be put in another")                                              \
    X("move.put", "they lie in the other bin")                                                                         \
    X("move.lifted", "a worker carries a plate")                                                                       \
    X("move.plate", "a plate stands in another place")                                                                 \
    X("adjust.posted", "stock was corrected: found, or counted")                                                       \
    X("alias.opened", "a worker scanned a code that nobody knows")                                                     \
    X("alias.named", "and said which item it is")                                                                      \
    X("alias.proposed", "a code is good at this site until head office says yes or no")                                \
    X("found.located", "a worker found goods in this bin")                                                             \
    X("found.described", "and said which")                                                                             \
    X("transfer.opened", "a worker began to pick a transfer, or went on with it")                                      \
    X("transfer.plate", "its goods go onto this plate")                                                                \
    X("transfer.located", "the worker is at the right location")                                                       \
    X("transfer.line", "goods were taken for a transfer")                                                              \
    X("transfer.short", "fewer goods were there than needed")                                                          \
    X("transfer.full", "the plate is full")                                                                            \
    X("transfer.staged", "the plate stands at the stage")                                                              \
    X("transfer.shipped", "a transfer left for the other site")                                                        \
    X("count.planned", "counts of bins were planned")                                                                  \
    X("count.started", "a worker took a count")                                                                        \
    X("count.located", "the worker is at the bin and counts")                                                          \
    X("count.item", "goods were counted")                                                                              \
    X("count.moved", "they were moved while they were counted: what was counted of them counts no more")               \
    X("count.recorded", "a round of a count ended: what was found, and what the books have")                           \
    X("count.posted", "a count's differences are in the books")                                                        \
    X("count.rejected", "a supervisor lets the books stand against a count")                                           \
    X("count.sent_back", "a supervisor has a count counted once more, by somebody else")                               \
    X("count.passed", "a supervisor looks at another count first")                                                     \
    X("count.doubted", "a bin that is empty by the books is not")                                                      \
    X("count.requested", "a location must be counted")                                                                 \
    X("receiver.forgotten", "receivers were deleted: their time was over, or head office said so")                     \
    X("feed.parked", "a change from head office could not be applied and is kept for a person")                        \
    X("feed.orphaned", "a change that head office has lost, as this site had it")                                      \
    X("epoch.opened", "this database or head office's was restored: the journal goes on in a new epoch")               \
    X("snapshot.applied", "what head office knows of this site, and this database had lost, was taken over")

#define WIRE_CHANGES(X)                                                                                                \
    X("item.upsert", "an item, new or changed")                                                                        \
    X("barcode.upsert", "a barcode of an item or its pack")                                                            \
    X("location.upsert", "a place in the warehouse")                                                                   \
    X("worker.upsert", "a worker, the badge and whether it is valid")                                                  \
    X("order.release", "an order for this site to fulfil")                                                             \
    X("order.cancel", "a request to cancel an order: the site answers")                                                \
    X("order.forget", "a receiver is to be deleted at the site")                                                       \
    X("order.unassign", "a request to give an order back that is not begun: the site answers")                         \
    X("order.lease", "an order may be begun for so long again")                                                        \
    X("waybill.pool", "a waybill number, for one order or for any of its carrier")                                     \
    X("waybill.voided", "a waybill number is void at the carrier, or went with an order that the site gave back")      \
    X("asn.upsert", "goods that a supplier has announced")                                                             \
    X("transfer.request", "goods that this site shall send to another")                                                \
    X("transfer.arrival", "goods that another site has sent here")                                                     \
    X("transfer.closed", "goods that this site has sent are there; the outcome says what is missing")                  \
    X("return.expect", "goods that a customer sends back")                                                             \
    X("lot.upsert", "a lot, its last day, and whether it is blocked")                                                  \
    X("barcode.drop", "a code that the floor had proposed is refused")                                                 \
    X("in_store.format", "how the shop's own numbers are read: their item, weight, price")                             \
    X("stock.set", "what lies at a location, as head office was told: the difference is booked")                       \
    X("count.request", "a location that shall be counted")                                                             \
    X("wave_rule.upsert", "which orders go into a wave together")                                                      \
    X("config.set", "how the floor works: one setting")

/* What a name means, as one English phrase; NULL when this version does not know it. */
const char *wire_type_meaning(const char *name);

/* The short name in "io.floorhand.NAME.v1"; the whole text (and its length) when it is not of that form. */
const char *wire_type_name(const char *type, size_t *ret_length);

#endif
